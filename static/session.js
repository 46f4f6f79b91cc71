// @ts-check
/**
 * Keeps an open page in step with the session, without a dependency and
 * without ever seeing the cookie. The page works, and expires, without it.
 *
 * Settings are attributes of <body>:
 *   data-auth-path     where the endpoints live, such as /auth
 *   data-poll-seconds  seconds between polls; 0 turns them off
 *   data-signed-in     "true" or "false": what the server rendered the page for
 *   data-private       "true" on a page that a guest may not see
 *   data-user          who it was rendered for; a change of user counts as a sign-out
 *
 * A page may listen on document for two events, whose detail is the session:
 *   session:change     the session is another one, or gone (detail null)
 *   session:expired    it is gone; a private page is left unless the event is cancelled
 * and may import { getSession } from this module.
 *
 * How: of all the visible tabs of a browser one holds a Web Lock; it alone polls
 * and shares what it learns, so five tabs cost one request. A network error or
 * a 5xx means "unknown" and never "signed out".
 *
 * @typedef {{user: {name: string|null, email: string, image: string|null}, expires: string}} Session
 * @typedef {{session: Session|null, reason: string}} Answer
 */

const settings = document.body.dataset;
const endpoint = `${settings.authPath}/session`;
const pollMillis = Number(settings.pollSeconds) * 1000;
const isPrivate = settings.private === "true";
const renderedFor = (settings.signedIn === "true" && settings.user) || "";

/** Between two checks that the page asks for by itself (focus and the like). */
const floorMillis = 5000;
/** How long to wait for the leading tab before asking the server ourselves. */
const leaderMillis = 1000;
/** The longest pause between polls while the server cannot be reached. */
const maxBackOffMillis = 300000;

// next-auth/react uses this channel and message, so pages with either client
// stay in step. Results travel on a channel of our own: it would not know them.
const nextAuth = new BroadcastChannel("next-auth");
const ours = new BroadcastChannel("latchkey");

/** Who the browser is signed in as, as far as this tab knows; "" = nobody. */
let current = renderedFor;
let leading = false;
let left = false;
let failures = 0;
let lastCheck = Date.now();
/** @type {ReturnType<typeof setTimeout>|undefined} */
let pollTimer;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let fallback;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let soon;

/**
 * Asks the server who is signed in. Throws when it cannot be known.
 * @returns {Promise<Answer>}
 */
async function ask() {
  const response = await fetch(endpoint, {
    headers: { "Content-Type": "application/json" },
    cache: "no-store",
    credentials: "same-origin",
  });
  if (!response.ok) throw new Error(`${endpoint} answered ${response.status}`);
  return { session: await response.json(), reason: response.headers.get("Session-Ended") ?? "" };
}

/**
 * The session, or null for nobody. Throws when it cannot be known.
 * @returns {Promise<Session|null>}
 */
export async function getSession() {
  const answer = await ask();
  share(answer);
  return answer.session;
}

/** Checks with the server and tells the other tabs. */
async function check() {
  clearTimeout(fallback);
  lastCheck = Date.now();
  try {
    share(await ask());
    connected(true);
  } catch {
    connected(false);
  }
  schedule();
}

/** Has the session checked once for all tabs: by the leading one, if there is one. */
function checkTogether() {
  if (leading) return void check();
  ours.postMessage({ ask: true });
  clearTimeout(fallback);
  fallback = setTimeout(check, leaderMillis);
}

/** Checks because the user came back to this tab, but not at every click. */
function checkOnReturn() {
  if (!left && Date.now() - lastCheck >= floorMillis) {
    lastCheck = Date.now();
    checkTogether();
  }
}

/** Checks because of news that can wait a little, but must not be missed. */
function checkSoon() {
  clearTimeout(soon);
  soon = setTimeout(checkOnReturn, Math.max(0, lastCheck + floorMillis - Date.now()));
}

/** @param {Answer} answer */
function share(answer) {
  ours.postMessage({ answer });
  apply(answer);
}

/**
 * Acts on what is known now of the session.
 * @param {Answer} answer
 */
function apply({ session, reason }) {
  const user = session?.user.email ?? "";
  if (left || user === current) return;
  const before = current;
  current = user;
  remember(user);
  document.dispatchEvent(new CustomEvent("session:change", { detail: session }));
  if (user === "") signedOut(reason);
  else if (before === "" && renderedFor === "") signedIn();
  else if (user !== renderedFor) leave(location.href); // someone else: this page is not theirs
}

/** @param {string} reason */
function signedOut(reason) {
  const event = new CustomEvent("session:expired", { detail: null, cancelable: true });
  if (!document.dispatchEvent(event)) return;
  if (!isPrivate) return notice("You are signed out.");
  const query = new URLSearchParams({ callbackUrl: location.pathname + location.search });
  query.set("reason", reason || "signout");
  leave(`/signin?${query}`);
}

/** A sign-in or sign-up page moves on; another page just says so. */
function signedIn() {
  if (location.pathname === "/signin" || location.pathname === "/signup") leave(location.href);
  else notice("You are signed in now. Reload the page to see it.");
}

/**
 * Goes elsewhere, hiding what is shown first: a slow navigation must not leave
 * private content on the screen.
 * @param {string} url
 */
function leave(url) {
  left = true;
  clearTimeout(pollTimer);
  document.documentElement.classList.add("session-hidden");
  // To the very same address, replace would only scroll to its #fragment.
  if (url === location.href) location.reload();
  else location.replace(url);
}

/** @param {boolean} ok */
function connected(ok) {
  if (ok && failures > 0) notice("");
  failures = ok ? 0 : failures + 1;
  if (failures === 1 && current !== "") notice("The connection is lost. You are still signed in; trying again.");
}

/** @param {string} text "" hides the notice */
function notice(text) {
  const place = document.getElementById("session-notice");
  if (!place) return;
  place.textContent = text;
  place.hidden = text === "";
}

/** Plans the next poll: only the leader's, only while someone is signed in. */
function schedule() {
  clearTimeout(pollTimer);
  if (!leading || left || current === "" || pollMillis === 0 || !navigator.onLine) return;
  const backOff = Math.min(pollMillis * 2 ** failures, Math.max(pollMillis, maxBackOffMillis));
  pollTimer = setTimeout(check, backOff * (0.95 + Math.random() / 10));
}

/** Leads while this tab is visible, if no other visible tab does. */
function lead() {
  if (!navigator.locks) { // an old browser: every visible tab polls for itself
    leading = document.visibilityState === "visible";
    return schedule();
  }
  if (document.visibilityState !== "visible") return;
  navigator.locks.request("latchkey-session", async () => {
    if (document.visibilityState !== "visible") return;
    leading = true;
    schedule();
    await new Promise((resolve) => {
      document.addEventListener("visibilitychange", resolve, { once: true });
      window.addEventListener("pagehide", resolve, { once: true });
    });
    leading = false;
    clearTimeout(pollTimer);
  });
}

/**
 * Notes who this browser is signed in as, and reports whether that is news.
 * @param {string} user
 */
function remember(user) {
  try {
    const known = localStorage.getItem("latchkey-user") ?? "";
    localStorage.setItem("latchkey-user", user);
    return known !== user;
  } catch { // storage is blocked: then every page load is news
    return true;
  }
}

ours.onmessage = (/** @type {MessageEvent<{ask?: boolean, answer?: Answer}>} */ { data }) => {
  if (data.ask && leading) check();
  if (data.answer) {
    clearTimeout(fallback);
    lastCheck = Date.now();
    apply(data.answer);
  }
};
nextAuth.onmessage = (/** @type {MessageEvent<{data?: {trigger?: string}}>} */ { data }) => {
  // The stock client tells of every poll; only a sign-out, or a sign-in that
  // this tab has not seen, cannot wait.
  if (data?.data?.trigger === "signout" || current === "") checkTogether();
  else checkSoon();
};
document.addEventListener("visibilitychange", () => {
  lead();
  if (document.visibilityState === "visible") checkOnReturn();
});
window.addEventListener("focus", checkOnReturn);
window.addEventListener("online", () => {
  schedule();
  checkOnReturn();
});
window.addEventListener("offline", () => clearTimeout(pollTimer));
window.addEventListener("pageshow", async (event) => {
  if (!event.persisted) return;
  // Back from the back/forward cache: show nothing until it is known to be ours.
  document.documentElement.classList.toggle("session-hidden", isPrivate);
  left = false;
  lead();
  await check();
  if (!left && failures === 0) document.documentElement.classList.remove("session-hidden");
});

// The page itself is news when it was rendered for someone else than the last
// one: it is the page that follows a sign-in or a sign-out.
if (remember(renderedFor)) {
  const trigger = renderedFor === "" ? "signout" : "getSession";
  nextAuth.postMessage({ event: "session", data: { trigger, timestamp: Math.floor(Date.now() / 1000) } });
}
lead();
