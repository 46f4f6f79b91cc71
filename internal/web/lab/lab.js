// @ts-check
/**
 * Keeps the session lab true while it is open. It needs nothing of session.js
 * but the events that any page may listen to:
 *   session:trace     on document; detail.what says what this tab does or hears
 * and nothing of the server but
 *   GET /lab/live     the parts of the page that change, as HTML
 *   Server-Timing     on every answer: db;desc="N", the round trips it cost
 *
 * @typedef {{what: string, state?: string, reason?: string, session?: {user: {email: string}}|null}} Trace
 * @typedef {{at: number, words: string, cost?: number, answer?: boolean}} Line
 */

const { authPath, push } = document.body.dataset;
const refreshMillis = 3000;
const logLength = 12;
/** For how long an answer and its cost, which come separately, wait for each other. */
const pairMillis = 1000;

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
    if (response.status === 401) fresh("The server refuses this session already. This tab hears of it with its next poll or push.");
    else if (response.ok) show(await response.text());
    else throw new Error(`/lab/live answered ${response.status}`);
  } catch {
    fresh(`Not reachable. This is as of ${clockTime(lastSeen)}.`);
  }
  asking = false;
  if (document.visibilityState !== "visible") return;
  nextRefresh = setTimeout(refresh, askAgain ? 0 : refreshMillis);
  askAgain = false;
}

let lastSeen = Date.now();

/** @param {string} html */
function show(html) {
  const parts = new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-part]");
  for (const part of parts) replace(/** @type {HTMLElement} */ (part));
  lastSeen = Date.now();
  readServerClock();
  tick();
  fresh(`As of ${clockTime(lastSeen)}.`);
}

/**
 * Puts a part in its place, if it has changed. Who is on a button in it stays
 * on it; if the button is gone, on the part.
 * @param {HTMLElement} part
 */
function replace(part) {
  const old = document.getElementById(part.id);
  if (!old || shown.get(part.id) === part.outerHTML) return;
  shown.set(part.id, part.outerHTML);
  const focused = old.contains(document.activeElement) ? document.activeElement?.id : undefined;
  old.replaceWith(part);
  if (focused === undefined) return;
  (document.getElementById(focused) ?? part).focus({ preventScroll: true });
}

/** @param {string} text */
function fresh(text) {
  const place = document.getElementById("lab-fresh");
  if (place) place.textContent = text;
}

/* What the tabs say */

/** @type {Line[]} newest first; kept for this tab, so that a button's page load does not end the story */
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
function say(line) {
  log = [line, ...log].slice(0, logLength);
  writeLog();
}

function writeLog() {
  const list = document.getElementById("lab-log");
  list?.replaceChildren(...log.map(({ at, words, cost }) => {
    const item = document.createElement("li");
    const time = document.createElement("time");
    time.textContent = clockTime(at);
    item.append(time, ` ${words}`, cost === undefined ? "" : `; ${trips(cost)}`);
    return item;
  }));
  try {
    sessionStorage.setItem("latchkey-lab", JSON.stringify(log));
  } catch { // storage is blocked
  }
}

/** @param {number} cost */
function trips(cost) {
  return `${cost} database round ${cost === 1 ? "trip" : "trips"}`;
}

/** @param {Trace} trace */
function words({ what, state, reason, session }) {
  const outcome = session ? "signed in" : `signed out${reason ? ` (${reason})` : ""}`;
  switch (what) {
    case "lead": return "this tab asks for all from now on";
    case "follow": return "this tab asks for all no more";
    case "ask": return "this tab asks who is signed in";
    case "answer": return `the answer came: ${outcome}`;
    case "heard": return `another tab shared its answer: ${outcome}`;
    case "unknown": return "no answer: it cannot be known who is signed in";
    case "push": return { open: "push: the line is open", news: "push: there is news", closed: "push: the line is closed" }[state ?? ""] ?? "push";
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
    say({ at: Date.now(), words: `${authPath}/session was asked`, cost });
  }, pairMillis);
}

/**
 * The round trips that an answer cost, or undefined where it does not say.
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
  if (!place) return;
  place.textContent = await leader() + (push === "true" ? " News is pushed." : "");
}

/** A lock of our own, held to see by it who we are. */
const ownLock = `latchkey-lab-${Math.random()}`;

async function leader() {
  if (!navigator.locks) return "This browser has no locks, so every visible tab asks for itself.";
  const { held = [], pending = [] } = await navigator.locks.request(ownLock, () => navigator.locks.query());
  const us = held.find((lock) => lock.name === ownLock)?.clientId;
  const holder = held.find((lock) => lock.name === "latchkey-session")?.clientId;
  const waiting = pending.filter((lock) => lock.name === "latchkey-session").length;
  const queue = waiting === 0 ? "No tab waits to take over." : waiting === 1 ? "1 tab waits to take over." : `${waiting} tabs wait to take over.`;
  if (!holder) return "No tab asks at the moment.";
  return `${holder === us ? "This tab asks for all tabs of this browser." : "Another tab asks for this one."} ${queue}`;
}

document.addEventListener("session:trace", (event) => {
  const trace = /** @type {CustomEvent<Trace>} */ (event).detail;
  const cost = trace.what === "answer" ? unclaimed.shift() : undefined;
  say({ at: Date.now(), words: words(trace), cost, answer: trace.what === "answer" });
  showLeader();
  if (["answer", "heard", "unknown", "push"].includes(trace.what)) refresh();
});
document.addEventListener("visibilitychange", () => {
  clearTimeout(nextRefresh);
  if (document.visibilityState === "visible") refresh();
});

readServerClock();
say({ at: performance.timeOrigin, words: "page and list came", cost: costOf(performance.getEntriesByType("navigation")[0]) });
new PerformanceObserver((list) => list.getEntries().forEach(observe)).observe({ type: "resource", buffered: true });
setInterval(() => {
  tick();
  if (document.visibilityState === "visible") showLeader();
}, 1000);
showLeader();
refresh();
