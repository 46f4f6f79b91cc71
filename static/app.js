// @ts-check
/**
 * Small comforts for the forms. Everything works without this file: its
 * buttons are hidden in the page and appear only here.
 *
 *   <button data-reveal="ID">     shows and hides the password in input ID;
 *                                 its first <span> is the verb
 *   <button data-fill="FORM-ID">  fills in inputs from the <code data-into="ID"> beside it
 *   <time datetime>               gets the reader's own time zone in its tooltip,
 *                                 with data-local in its text
 */

/** @param {HTMLElement} button */
function reveal(button) {
  const input = document.getElementById(button.dataset.reveal ?? "");
  if (!(input instanceof HTMLInputElement)) return;
  const verb = button.querySelector("span");
  const said = document.createElement("span"); // for who cannot see the change
  said.className = "sr-only";
  said.setAttribute("role", "status");
  button.after(said);
  const show = (/** @type {boolean} */ on) => {
    input.type = on ? "text" : "password";
    if (verb) verb.textContent = on ? "Hide" : "Show";
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    show(input.type === "password");
    said.textContent = input.type === "text" ? "Your password is shown." : "Your password is hidden.";
  });
  // A visible password would be kept by the browser as ordinary form text.
  input.form?.addEventListener("submit", () => show(false));
}

/** @param {HTMLElement} button */
function fill(button) {
  const form = document.getElementById(button.dataset.fill ?? "");
  if (!(form instanceof HTMLFormElement)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const source of document.querySelectorAll("[data-into]")) {
      const input = document.getElementById(/** @type {HTMLElement} */ (source).dataset.into ?? "");
      if (input instanceof HTMLInputElement) input.value = source.textContent ?? "";
    }
    /** @type {HTMLElement | null} */ (form.querySelector("[type=submit]"))?.focus();
  });
}

for (const button of document.querySelectorAll("[data-reveal]")) reveal(/** @type {HTMLElement} */ (button));
for (const button of document.querySelectorAll("[data-fill]")) fill(/** @type {HTMLElement} */ (button));
for (const time of document.querySelectorAll("time")) {
  const moment = new Date(time.dateTime);
  time.title = moment.toLocaleString([], { dateStyle: "full", timeStyle: "short" });
  if (time.hasAttribute("data-local")) time.textContent = moment.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}
