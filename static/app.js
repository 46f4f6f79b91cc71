// @ts-check
/**
 * Small comforts for every page. Everything works without this file: its
 * buttons are hidden in the page and appear only here.
 *
 *   <form method="post">            is sent once; its button says its data-busy
 *   <button data-reveal="ID">       shows and hides the password in input ID;
 *                                   its first <span> is the verb
 *   <span data-count="ID" data-min> how many characters are in input ID
 *   <button data-copy="ID">         copies the text of an element
 *   <div data-toast>                goes after a while, or by its data-close
 *   <time datetime data-ago>        keeps saying "5 minutes ago"
 *   <time datetime data-local>      "moment" or "day", in the reader's own zone
 *   <button data-example-end>       ends an invented device of the front page
 */

/**
 * @template {Element} T
 * @param {string} selector
 * @param {(element: T) => void} f
 */
function each(selector, f) {
  for (const element of document.querySelectorAll(selector)) f(/** @type {T} */ (element));
}

/* Forms are sent once */

/** After this long the answer will not come, and the form may be sent again. */
const busyMillis = 30000;

/** @type {Map<HTMLFormElement, () => void>} how to undo what a submit did */
const sent = new Map();

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (sent.has(form)) return event.preventDefault();
  if (event.defaultPrevented || form.method !== "post") return;
  const button = event.submitter;
  const label = button?.querySelector("[data-label]");
  const words = label?.textContent ?? "";
  const busy = button?.dataset.busy;
  form.setAttribute("aria-busy", "true");
  button?.setAttribute("aria-busy", "true");
  if (label && busy) label.textContent = busy;
  const timer = setTimeout(() => sent.get(form)?.(), busyMillis);
  sent.set(form, () => {
    clearTimeout(timer);
    form.removeAttribute("aria-busy");
    button?.removeAttribute("aria-busy");
    if (label && busy) label.textContent = words;
    sent.delete(form);
  });
});
// The page is back, by the back button for one.
addEventListener("pageshow", () => sent.forEach((undo) => undo()));

/* Passwords */

each("[data-reveal]", (/** @type {HTMLButtonElement} */ button) => {
  const input = document.getElementById(button.dataset.reveal ?? "");
  if (!(input instanceof HTMLInputElement)) return;
  const verb = button.querySelector("span");
  const said = button.nextElementSibling; // for who cannot see the change
  const show = (/** @type {boolean} */ on) => {
    input.type = on ? "text" : "password";
    if (verb) verb.textContent = on ? "Hide" : "Show";
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    show(input.type === "password");
    if (said) said.textContent = input.type === "text" ? "Your password is shown." : "Your password is hidden.";
  });
  // A visible password would be kept by the browser as ordinary form text.
  input.form?.addEventListener("submit", () => show(false));
});

each("[data-count]", (/** @type {HTMLElement} */ place) => {
  const input = document.getElementById(place.dataset.count ?? "");
  if (!(input instanceof HTMLInputElement)) return;
  const count = () => {
    const n = [...input.value].length; // characters, as the server counts them
    const least = Number(place.dataset.min);
    place.textContent = n === 0 ? "" : n < least ? `${n} of ${least}` : `${n} characters`;
  };
  input.addEventListener("input", count);
  count();
});

/* Copy, toast, the front page's example */

each("[data-copy]", (/** @type {HTMLButtonElement} */ button) => {
  if (!navigator.clipboard) return; // needs https or localhost
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy ?? "")?.textContent ?? "");
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
});

/** How long a toast stays, unless it is being read or used. */
const toastMillis = 10000;

each("[data-toast]", (/** @type {HTMLElement} */ toast) => {
  const said = toast.querySelector("[role=status]");
  const close = /** @type {HTMLButtonElement|null} */ (toast.querySelector("[data-close]"));
  // What is there from the start is not read out; what changes is.
  const words = said?.textContent ?? "";
  if (said) said.textContent = "";
  setTimeout(() => { if (said) said.textContent = words; }, 100);
  const later = () => setTimeout(() => (toast.matches(":hover, :focus-within") ? later() : toast.remove()), toastMillis);
  later();
  if (!close) return;
  close.hidden = false;
  close.addEventListener("click", () => toast.remove());
});

each("[data-example-end]", (/** @type {HTMLButtonElement} */ button) => {
  const row = button.closest("li");
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = /** @type {HTMLElement|null} */ (document.querySelector(".device:not(.gone) [data-example-end]:not(:focus)"));
    const name = row?.querySelector("bdi")?.textContent;
    row?.classList.add("gone");
    const end = document.createElement("span");
    end.className = "end";
    end.textContent = "Signed out";
    button.replaceWith(end);
    next?.focus();
    const said = document.querySelector("[data-example-said]");
    if (said) said.textContent = `${name} is signed out. Its next request is refused, on every server.`;
  });
});

/* Times: true while the page is open, in one zone, also in parts that come later */

/** How far the server's clock is ahead of ours. */
const serverAhead = Number(document.body.dataset.now) - Date.now();
const units = /** @type {const} */ ([[86400, "day"], [3600, "hour"], [60, "minute"]]);

/**
 * The words of views/words.go.
 * @param {number} seconds since the moment; negative: until it
 */
function relative(seconds) {
  const past = seconds >= 0;
  let rest = past ? seconds : -seconds;
  if (past && rest < 60) return "just now";
  if (!past) rest = rest > 43200 ? Math.round(rest / 3600) * 3600 : Math.round(rest / 60) * 60;
  let words = "less than a minute";
  if (rest >= 60 * 86400) words = plural(Math.floor(rest / (30 * 86400)), "month");
  else {
    const [size, name] = units.find(([unit]) => rest >= unit) ?? [0, ""];
    if (size) words = plural(Math.floor(rest / size), name);
  }
  return past ? `${words} ago` : `in ${words}`;
}

/** @param {number} n @param {string} unit */
function plural(n, unit) {
  return n === 1 ? `1 ${unit}` : `${n} ${unit}s`;
}

/** @param {HTMLTimeElement} time */
function localize(time) {
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  time.title = moment.toLocaleString([], { dateStyle: "full", timeStyle: "short" });
  const text = time.dataset.ago !== undefined ? relative((Date.now() + serverAhead - moment.getTime()) / 1000)
    : time.dataset.local === "day" ? moment.toLocaleDateString([], { dateStyle: "medium" })
    : time.dataset.local === "moment" ? moment.toLocaleString([], { dateStyle: "medium", timeStyle: "short" })
    : time.textContent;
  if (time.textContent !== text) time.textContent = text;
}

const localizeAll = () => each("time[datetime]", localize);
localizeAll();
setInterval(localizeAll, 10000);
document.addEventListener("visibilitychange", localizeAll);
new MutationObserver((changes) => {
  if (changes.some((change) => [...change.addedNodes].some((node) => node instanceof Element))) localizeAll();
}).observe(document.body, { childList: true, subtree: true });
