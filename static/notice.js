// @ts-check
/**
 * Puts into words what session.js knows and the reader should, at the lower edge
 * of the window. Screen readers announce it when it changes; it never takes the
 * focus. Without this file pages behave the same and say nothing.
 */
import { status, staySignedIn } from "./session.js";

const words = /** @type {HTMLElement} */ (document.querySelector("#session-notice p"));
const stay = /** @type {HTMLElement} */ (document.querySelector("#session-notice button"));

const wasGuest = document.body.dataset.user === "";

/** The most urgent thing there is to say; "" = nothing. */
function sentence() {
  if (status.reader === "nobody") return "You are signed out. Reload the page to see it as a guest.";
  if (status.reader === "other" && wasGuest) return "You have signed in in another tab. Reload the page to see it.";
  if (status.reader === "other") return "Someone else is signed in now. Reload the page to see it.";
  const hidden = document.documentElement.classList.contains("session-hidden");
  if (status.lost && hidden) return "The connection is lost. This page is shown again when your session has been checked.";
  if (status.lost) return "The connection is lost. You are still signed in; trying again.";
  if (!status.ending) return "";
  const time = new Date(status.ending).toLocaleTimeString([], { timeStyle: "short" });
  if (status.final) return `Your session ends at ${time}. Save your work and sign in again to go on.`;
  return `You will be signed out at ${time} unless you go on.`;
}

function show() {
  document.documentElement.classList.toggle("session-stale", status.reader !== "same");
  const text = sentence();
  if (words.textContent !== text) words.textContent = text; // or it would be read out again
  const canStay = status.reader === "same" && !status.lost && status.ending > 0 && !status.final;
  // A button that goes must not take the keyboard's place in the page with it.
  if (!canStay && stay === document.activeElement) document.getElementById("content")?.focus();
  stay.hidden = !canStay;
}

stay.addEventListener("click", () => staySignedIn());
document.addEventListener("session:status", show);
show();
