// @ts-check
/**
 * Keeps the session lab true while it is open, sends its acts without leaving the page,
 * and is the practice device. It needs nothing of session.js but
 *   session:trace     on document; detail.what says what this tab does or hears
 *   getSession        to have the connection checked
 * and nothing of the server but
 *   GET /lab/live     the parts of the page that change, as HTML
 *   GET /lab/ping     what the practice device gets: 200 or 401
 *   Server-Timing     on every answer: db;desc="N", the queries that it cost
 *
 * @typedef {{what: string, state?: string, reason?: string, session?: {user: {email: string}}|null}} Trace
 * @typedef {{at: number, words: string, cost?: number, answer?: boolean}} Line
 */

// @ts-ignore: the page's import map leads to the module that runs already
import { getSession } from "/static/session.js";

const { authPath, push } = document.body.dataset;
const refreshMillis = 3000;
const pingMillis = 1000;
const logLength = 12;
const wireLength = 4;
/** For how long an answer and its cost, which come separately, wait for each other. */
const pairMillis = 1000;

/** The page is on its way out: a question that ends with it is no answer. */
let leaving = false;
addEventListener("pagehide", () => (leaving = true));
addEventListener("pageshow", () => (leaving = false));

/** @param {unknown} problem */
const aborted = (problem) => leaving || (problem instanceof DOMException && problem.name === "AbortError");

/* What runs out */

/** How far the server's clock is ahead of ours. */
let ahead = 0;

function readServerClock() {
  ahead = Number(document.getElementById("lab-clocks")?.dataset.now) - Date.now();
}

/**
 * All units of a length of time, as the server writes them.
 * @param {number} seconds
 */
function ticking(seconds) {
  let rest = Math.floor(seconds);
  const parts = [];
  for (const [size, name] of /** @type {[number, string][]} */ ([[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]])) {
    const n = Math.floor(rest / size);
    if (n > 0) parts.push(`${n} ${name}`);
    rest %= size;
  }
  return parts.join(" ") || "0 s";
}

function tick() {
  for (const clock of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".lab-clock"))) {
    const left = (Number(clock.dataset.until) - Date.now() - ahead) / 1000;
    const rest = Math.max(0, Math.min(left, Number(clock.dataset.span)));
    const words = clock.querySelector(".lab-rest");
    const bar = clock.querySelector("meter");
    if (words) words.textContent = ticking(rest);
    if (bar) bar.value = rest;
  }
}

/* The parts that change */

let asking = false;
let askAgain = false;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let nextRefresh;
/** What the server sent last of each part, to leave alone what is the same. */
const shown = new Map();

/** Asks for the parts, one question at a time. */
async function refresh() {
  clearTimeout(nextRefresh);
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  try {
    const response = await fetch("/lab/live", { cache: "no-store" });
    if (response.ok) show(await response.text());
  } catch { // the next one tells; session.js says when the server cannot be reached
  }
  asking = false;
  if (document.visibilityState !== "visible") return;
  nextRefresh = setTimeout(refresh, askAgain ? 0 : refreshMillis);
  askAgain = false;
}

/** @param {string} html */
function show(html) {
  const parts = new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-part]");
  for (const part of parts) replace(/** @type {HTMLElement} */ (part));
  readServerClock();
  tick();
}

/**
 * Puts a part in its place, if it has changed. Who is on a button in it stays
 * on it; if the button is gone, on the one that took its place.
 * @param {HTMLElement} part
 */
function replace(part) {
  const old = document.getElementById(part.id);
  const text = visible(part);
  const first = !shown.has(part.id);
  if (!old || shown.get(part.id) === text) return;
  shown.set(part.id, text);
  if (part instanceof HTMLDetailsElement && old instanceof HTMLDetailsElement) part.open = old.open;
  const focused = old.contains(document.activeElement) ? document.activeElement?.id : undefined;
  old.replaceWith(part);
  if (part.id === "lab-practice") writeWire();
  if (!first) flash(part);
  if (focused === undefined) return;
  const next = document.getElementById(focused) ?? part.querySelector("button, summary");
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}

/**
 * What of a part a reader sees change: not the id of its form, and not the seconds that
 * tick by themselves.
 * @param {HTMLElement} part
 */
function visible(part) {
  const copy = /** @type {HTMLElement} */ (part.cloneNode(true));
  for (const input of copy.querySelectorAll("input[name=form]")) input.remove();
  for (const clock of copy.querySelectorAll(".lab-clock")) clock.textContent = clock.getAttribute("data-until");
  copy.removeAttribute("data-now");
  return copy.outerHTML;
}

/**
 * Shows once that something has changed.
 * @param {HTMLElement} part
 */
function flash(part) {
  const effect = part.closest(".lab-effect");
  effect?.classList.remove("lab-changed");
  void (effect instanceof HTMLElement && effect.offsetWidth); // so that the same animation begins anew
  effect?.classList.add("lab-changed");
}

document.addEventListener("animationend", ({ target }) => target instanceof HTMLElement && target.classList.remove("lab-changed"));

/* Acts */

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-act]")) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // the page stays: there is nothing for app.js to wait for
  act(form, Date.now());
}, true);

/** @type {Set<string>} acts under way */
const acting = new Set();

/**
 * Sends a form and shows what came of it. What goes wrong is left to the plain form.
 * @param {HTMLFormElement} form
 * @param {number} pressed when
 */
async function act(form, pressed) {
  const path = new URL(form.action).pathname;
  if (acting.has(path)) return;
  acting.add(path);
  if (path === "/lab/practice/end") ended = pressed;
  try {
    const response = await fetch(path, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams() });
    if (!response.ok) return void location.reload(); // the page says what is wrong
    const { said, dropFor } = await response.json();
    say(said);
    if (path.startsWith("/lab/practice")) ping();
    if (dropFor) dropped(dropFor);
    refresh();
  } catch (problem) {
    if (!aborted(problem)) say("That didn't reach the server. Try again.");
  } finally {
    acting.delete(path);
  }
}

/** @param {string} text */
function say(text) {
  const place = document.getElementById("lab-said");
  if (place) place.textContent = text;
}

/**
 * The server hangs up now: this tab finds out at once, and that it is over as soon as it
 * is.
 * @param {number} millis
 */
function dropped(millis) {
  getSession().catch(() => {});
  setTimeout(() => getSession().catch(() => {}), millis + 250);
  setTimeout(refresh, millis + 250);
}

/* The practice device */

/** @type {{at: number, status: number, cost: number}[]} its answers, newest first */
let wire = [];
/** When the button was pressed that ends it; 0: it was not. */
let ended = 0;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let nextPing;

/** Asks as the practice device, once a second for as long as it is signed in. */
async function ping() {
  clearTimeout(nextPing);
  try {
    const response = await fetch("/lab/ping", { cache: "no-store" });
    const answer = response.headers.get("Content-Type") === "application/json" ? await response.json() : undefined;
    if (!answer) return; // this session's own end: session.js says so
    if (answer.state) wire = [{ at: Date.now(), status: response.status, cost: answer.queries }, ...wire].slice(0, wireLength);
    writeWire();
    if (response.status === 401) return refused();
  } catch (problem) {
    if (aborted(problem)) return;
  }
  if (document.visibilityState === "visible") nextPing = setTimeout(ping, pingMillis);
}

/** Says how soon the practice device was refused. */
function refused() {
  const place = document.getElementById("lab-verdict");
  if (place && ended) place.textContent = `Signed out ${Date.now() - ended} ms after you pressed the button`;
  place?.classList.toggle("lab-refused", ended > 0);
  verdict = place?.textContent ?? "";
  ended = 0;
}

/** What was said last of its end, for as long as it lasts. */
let verdict = "";

function writeWire() {
  const list = document.getElementById("lab-wire");
  list?.replaceChildren(...wire.map(({ at, status, cost }) => {
    const item = document.createElement("li");
    const [time, code, request, price] = ["time", "strong", "code", "span"].map((name) => document.createElement(name));
    time.textContent = clockTime(at);
    code.textContent = String(status);
    code.className = status === 401 ? "lab-refused" : "lab-good";
    request.textContent = "GET /lab/ping";
    price.textContent = queries(cost);
    item.append(time, code, request, price);
    return item;
  }));
  const practice = document.getElementById("lab-practice");
  const place = document.getElementById("lab-verdict");
  if (practice?.dataset.state === "on") verdict = "";
  else if (place && verdict) place.textContent = verdict;
}

/* What the tabs say */

/** @type {Line[]} newest first; kept for this tab, over a page load */
let log = [];
try {
  log = JSON.parse(sessionStorage.getItem("latchkey-lab") ?? "[]");
} catch { // storage is blocked: the story starts here
}

/** @param {number} at */
function clockTime(at) {
  return new Date(at).toLocaleTimeString([], { hourCycle: "h23" });
}

/** @param {Line} line */
function note(line) {
  log = [line, ...log].slice(0, logLength);
  writeLog();
}

function writeLog() {
  const list = document.getElementById("lab-log");
  list?.replaceChildren(...log.slice(0, wireLength).map(({ at, words, cost }) => {
    const item = document.createElement("li");
    const [time, text, price] = ["time", "span", "span"].map((name) => document.createElement(name));
    time.textContent = clockTime(at);
    text.textContent = words;
    price.textContent = cost === undefined ? "" : queries(cost);
    item.append(time, text, price);
    return item;
  }));
  try {
    sessionStorage.setItem("latchkey-lab", JSON.stringify(log));
  } catch { // storage is blocked
  }
}

/** @param {number} cost */
const queries = (cost) => `${cost} ${cost === 1 ? "query" : "queries"}`;

/** @param {Trace} trace */
function words({ what, state, reason, session }) {
  const outcome = session ? "signed in" : `signed out${reason ? ` (${reason})` : ""}`;
  switch (what) {
    case "lead": return "this tab asks from now on";
    case "follow": return "this tab stopped polling";
    case "ask": return "this tab asks";
    case "answer": return `answer: ${outcome}`;
    case "heard": return `another tab's answer: ${outcome}`;
    case "unknown": return "no answer";
    case "push": return { open: "push is on", news: "push: news", closed: "push is off" }[state ?? ""] ?? "push";
  }
  return what;
}

/** @type {number[]} what answers cost that nobody has told us of yet */
const unclaimed = [];

/**
 * An answer has cost something. The browser and session.js tell of it in any
 * order; if only the browser does, somebody else has asked.
 * @param {number} cost
 */
function charge(cost) {
  const line = log.find((l) => l.answer && l.cost === undefined && Date.now() - l.at < pairMillis);
  if (line) {
    line.cost = cost;
    return writeLog();
  }
  unclaimed.push(cost);
  setTimeout(() => {
    const left = unclaimed.indexOf(cost);
    if (left < 0) return;
    unclaimed.splice(left, 1);
    note({ at: Date.now(), words: `${authPath}/session was asked`, cost });
  }, pairMillis);
}

/**
 * The queries that an answer cost, or undefined where it does not say.
 * @param {PerformanceEntry|undefined} entry
 */
function costOf(entry) {
  const timings = /** @type {PerformanceResourceTiming|undefined} */ (entry)?.serverTiming;
  const db = timings?.find((timing) => timing.name === "db");
  return db && Number(db.description);
}

/** @param {PerformanceEntry} entry */
function observe(entry) {
  const cost = costOf(entry);
  if (cost !== undefined && new URL(entry.name).pathname === `${authPath}/session`) charge(cost);
}

/** Says which tab leads: the one that holds the lock of session.js. */
async function showLeader() {
  const place = document.getElementById("lab-leader");
  if (place) place.textContent = await leader() + (push === "true" ? " News is pushed." : "");
}

/** A lock of our own, held to see by it who we are. */
const ownLock = `latchkey-lab-${Math.random()}`;

async function leader() {
  if (!navigator.locks) return "Every visible tab asks for itself.";
  const { held = [], pending = [] } = await navigator.locks.request(ownLock, () => navigator.locks.query());
  const us = held.find((lock) => lock.name === ownLock)?.clientId;
  const holder = held.find((lock) => lock.name === "latchkey-session")?.clientId;
  const waiting = pending.filter((lock) => lock.name === "latchkey-session").length;
  if (!holder) return "No tab asks at the moment.";
  return `${holder === us ? "This tab asks for all." : "Another tab asks."} ${waiting} waiting.`;
}

document.addEventListener("session:trace", (event) => {
  const trace = /** @type {CustomEvent<Trace>} */ (event).detail;
  if (leaving) return;
  const cost = trace.what === "answer" ? unclaimed.shift() : undefined;
  note({ at: Date.now(), words: words(trace), cost, answer: trace.what === "answer" });
  showLeader();
  if (["answer", "heard", "unknown", "push"].includes(trace.what)) refresh();
});
document.addEventListener("visibilitychange", () => {
  clearTimeout(nextRefresh);
  clearTimeout(nextPing);
  if (document.visibilityState !== "visible") return;
  refresh();
  if (practising()) ping();
});

const practising = () => document.getElementById("lab-practice")?.dataset.state === "on";

for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-part]"))) shown.set(part.id, visible(part));
readServerClock();
note({ at: performance.timeOrigin, words: "this page", cost: costOf(performance.getEntriesByType("navigation")[0]) });
new PerformanceObserver((list) => list.getEntries().forEach(observe)).observe({ type: "resource", buffered: true });
setInterval(() => {
  tick();
  if (document.visibilityState === "visible") showLeader();
}, 1000);
showLeader();
refresh();
if (practising()) ping();
