// @ts-check
/**
 * Puts into words what session.js knows and the reader should, with a button for
 * what can be done about it, in <div id="session-notice">:
 *   <p role="status">        the words; screen readers announce them
 *   <button data-act>        what can be done; hidden when nothing can
 *   <button data-dismiss>    hides the notice until there is another one
 * It never takes the focus. Without this file pages behave the same and say nothing.
 */
import { getSession, status, staySignedIn } from "./session.js";

/**
 * @typedef {{label: string, run: () => void}} Action
 * @typedef {{kind: string, words: string, until?: number, action?: Action}} Notice
 *   words has {time} where the time until `until` goes (milliseconds since 1970),
 *   and {user} where the user's address goes
 */

const box = /** @type {HTMLElement} */ (document.getElementById("session-notice"));
const words = /** @type {HTMLElement} */ (box.querySelector("p"));
const wasGuest = document.body.dataset.user === "";

/** The kind of notice that the user has dismissed. */
let dismissed = "";
/** What is said, to screen readers, now. */
let said = "";
/** @type {ReturnType<typeof setTimeout>|undefined} */
let ticking;

/** @type {Action} by a GET, also where the page is the answer to a form. */
const reload = { label: "Reload", run: () => location.replace(location.pathname + location.search) };
/** @type {Action} */
const tryNow = { label: "Try now", run: () => void getSession().catch(() => {}) };
/** @type {Action} */
const stay = { label: "Stay signed in", run: () => void staySignedIn() };

/**
 * The most urgent thing there is to say.
 * @returns {Notice|undefined}
 */
function notice() {
  const { reader, user, lost, ending, final } = status;
  if (reader === "nobody") return { kind: "nobody", words: "You're signed out.", action: reload };
  if (reader === "other") {
    const who = wasGuest ? "You're signed in as {user} now." : "{user} is signed in now.";
    return { kind: `other ${user?.email}`, words: who, action: reload };
  }
  const hidden = document.documentElement.classList.contains("session-hidden");
  if (lost && hidden) return { kind: "lost", words: "You're offline. This page is shown again when your session has been checked.", action: tryNow };
  if (lost) return { kind: "lost", words: "You're offline. Reconnecting…", action: tryNow };
  if (!ending) return;
  if (final) return { kind: "final", words: "Your session ends in {time} and can't be extended. Save your work.", until: ending };
  return { kind: "ending", words: "You'll be signed out in {time}.", until: ending, action: stay };
}

/**
 * 1:15, or 1:02:03.
 * @param {number} seconds
 */
function clock(seconds) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/**
 * The same for ears, which are told once a minute.
 * @param {number} seconds
 */
function spoken(seconds) {
  const minutes = Math.ceil(seconds / 60);
  return seconds < 60 ? "less than a minute" : minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {string} text
 */
function element(tag, attributes, text) {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  made.textContent = text;
  return made;
}

/**
 * Writes the words, unless they are there: they would be read out again. A time
 * counts down for eyes only.
 * @param {Notice|undefined} n
 */
function write(n) {
  const seconds = Math.max(0, Math.ceil(((n?.until ?? 0) - Date.now()) / 1000));
  const text = (n?.words ?? "").replace("{time}", spoken(seconds));
  const changed = said !== text + status.user?.email;
  said = text + status.user?.email;
  if (n?.until) {
    if (changed) words.replaceChildren(element("span", { "aria-hidden": "true" }, ""), element("span", { class: "sr-only" }, text));
    if (words.firstElementChild) words.firstElementChild.textContent = n.words.replace("{time}", clock(seconds));
  } else if (changed) {
    const [before, after] = text.split("{user}");
    words.replaceChildren(...(before ? [before] : [])); // truly empty, for :empty
    // A name that is written from right to left does not turn the sentence around.
    if (after !== undefined) words.append(element("bdi", {}, status.user?.email ?? ""), after);
  }
}

function show() {
  document.documentElement.classList.toggle("session-stale", status.reader !== "same");
  let n = notice();
  if (n?.kind !== dismissed) dismissed = "";
  else n = undefined;
  write(n);
  offer(box.querySelector("[data-act]") ?? box.querySelector("button:not([data-dismiss])"), n?.action?.label);
  offer(box.querySelector("[data-dismiss]"), n && "");
  clearTimeout(ticking);
  if (!n?.until || document.hidden) return;
  const rest = n.until - Date.now();
  ticking = setTimeout(show, rest > 0 ? rest % 1000 + 10 : 1000); // when another second has gone
}

/**
 * Shows a button with its label, "" = the one that it has, or hides it.
 * @param {HTMLElement|null} button
 * @param {string|undefined} label
 */
function offer(button, label) {
  if (!button) return;
  // A button that goes must not take the keyboard's place in the page with it.
  if (label === undefined && button === document.activeElement) document.getElementById("content")?.focus();
  button.hidden = label === undefined;
  if (label && button.textContent !== label) button.textContent = label;
}

box.addEventListener("click", ({ target }) => {
  const button = target instanceof Element && target.closest("button");
  if (!button) return;
  if (button.matches("[data-dismiss]")) dismissed = notice()?.kind ?? "";
  else notice()?.action?.run();
  show();
});
// The page ends below the notice, however many lines it has: it covers no last row.
new ResizeObserver(() => document.documentElement.style.setProperty("--notice-height", `${box.offsetHeight}px`)).observe(box);
document.addEventListener("visibilitychange", show);
document.addEventListener("session:status", show);
show();
