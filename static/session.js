// @ts-check
/**
 * Keeps every open page in step with the session, without a dependency and
 * without ever seeing the cookie. The page works, and expires, without it.
 *
 * Settings are attributes of <body>, written by the server (views/layout_document.templ):
 *   data-auth-path     where the endpoints live, such as /auth
 *   data-poll-seconds  seconds between polls; 0 turns them off
 *   data-push          "true" to listen to the event stream as well
 *   data-user          who the page was rendered for; "" for a guest
 *   data-private       "true" on a page that is left when that user is gone
 *   data-expires-in    seconds until the session ends if unused
 *   data-ends-in       seconds until it ends in any case
 *   data-warn-seconds  how long before its end an idle page says so
 *
 * A page may listen on document for events:
 *   session:change     the session is another one, says something new of its
 *                      user, or is gone; detail: the session or null
 *   session:expired    it is gone; a private page is left unless this event is
 *                      cancelled. It may be hidden already, by the class
 *                      session-hidden of <html>, which is then yours to remove
 *   session:status     what a reader may want to know has changed; detail: the
 *                      status below. notice.js puts it into words
 *   session:trace      what this module does, for the curious;
 *                      detail.what: lead, follow, ask, answer, heard, unknown, push
 * and may import getSession, staySignedIn and status from "/static/session.js".
 *
 * How: of all the visible tabs of a browser one holds a Web Lock. It alone polls
 * and listens, and shares what it learns, so five tabs cost one request. A tab
 * that learns something by itself shares it too. A tab that hears nothing for two
 * intervals asks for itself: the leader may be stuck. A network error, a 429 or a
 * 5xx means "unknown" and never "signed out"; an answer that is older than what is
 * known means nothing at all. Where a browser has no channels, no locks or no
 * event streams, or does not allow them here, each tab polls for itself.
 *
 * @typedef {{user: {name: string|null, email: string, image: string|null}, expires: string}} Session
 * @typedef {{session: Session|null, reason: string, expires: number, ends: number, at: number}} Answer
 */

const settings = document.body.dataset;
/** Never more often than each second. */
const pollMillis = Number(settings.pollSeconds) > 0 ? Math.max(1000, Number(settings.pollSeconds) * 1000) : 0;
const warnMillis = Number(settings.warnSeconds) * 1000;
const isPrivate = settings.private === "true";
const renderedFor = settings.user ?? "";

/** Between two checks that a tab asks for by itself (focus and the like). */
const floorMillis = 5000;
/** How long to wait for the leading tab before asking the server ourselves. */
const leaderMillis = 1000;
/** The longest that an answer may take; later it counts as none. */
const answerMillis = 20000;
/** How often the clock is read: a timer stands still while a computer sleeps. */
const tickMillis = 10000;
/** How long to do without push after the server has refused it, and the longest back-off. */
const pushMillis = 60000;
/** For how long a stream may fail before the connection is doubted. */
const brokenMillis = 3000;
/** The longest that Retry-After is heeded. */
const retryMillis = 3600000;
/** The longest that a browser's timer can wait; a longer one would fire at once. */
const timerMillis = 2 ** 31 - 1;

// next-auth/react uses this channel and message, so pages with either client
// stay in step. Results travel on a channel of our own: it would not know them.
const nextAuth = channel("next-auth");
const ours = channel("latchkey");
/** Nothing can be shared with the other tabs, or nobody knows who leads them. */
let alone = !ours || !navigator.locks || !window.AbortController;

/** Who the browser is signed in as, as far as this tab knows; "" = nobody. */
let current = renderedFor;
/** What the server last said of that user, as text; "" = only the page did. */
let described = "";
/** When the question was put whose answer is known; the page is an answer, too. */
let asOf = Date.now() - performance.now() + requested();
/** When a question was put last, by any tab. */
let lastCheck = asOf;
/** When the session ends if unused and in any case, by this computer's clock. */
let expires = asOf + Number(settings.expiresIn) * 1000;
let ends = asOf + Number(settings.endsIn) * 1000;
/** Questions without an answer since the last one that had one. */
let failures = 0;
/** Until when the server has asked not to be asked. */
let notBefore = 0;
let leading = false;
/**
 * What a reader may want to know.
 *   reader  who is signed in now: "same" as when the page was rendered (which
 *           may be nobody), "other", or "nobody" any more
 *   user    who that is; null = nobody, or nothing but the page has told
 *   lost    the server cannot be reached
 *   ending  when the session is about to end (milliseconds since 1970); 0 = not soon
 *   final   no activity can move that
 */
export const status = { reader: "same", user: /** @type {Session["user"]|null} */ (null), lost: false, ending: 0, final: false };
/** The page is on its way out: nothing is done any more. */
let left = false;
/** When a form of this page was sent last. */
let submitted = 0;
/** Gives up the lead, or the wait for it. */
let yieldLead = () => {};
/** @type {EventSource|undefined} */
let stream;

/** @type {Record<string, ReturnType<typeof setTimeout>|undefined>} */
const timers = {};

/**
 * A channel to the other tabs; none where the browser has, or allows, no such thing.
 * @param {string} name
 */
function channel(name) {
  try {
    return new BroadcastChannel(name);
  } catch {}
}

/** When the page was asked for, its redirects aside, in milliseconds since the tab set out for it. */
function requested() {
  const [page] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType?.("navigation") ?? []);
  return page?.fetchStart ?? performance.now();
}

/**
 * Does something later, in place of what was planned under the same name.
 * @param {string} name
 * @param {number} [millis] none: not at all
 * @param {() => void} [action]
 */
function later(name, millis = 0, action) {
  clearTimeout(timers[name]);
  const rest = millis - timerMillis;
  const next = rest > 0 ? () => later(name, rest, action) : action;
  timers[name] = action && setTimeout(/** @type {() => void} */ (next), Math.min(millis, timerMillis));
}

/**
 * Dispatches one of our events; false if it was cancelled.
 * @param {string} name
 * @param {unknown} [detail]
 */
const emit = (name, detail) =>
  document.dispatchEvent(new CustomEvent(`session:${name}`, { detail, cancelable: true }));

/**
 * @param {string} what
 * @param {object} [more]
 */
const trace = (what, more) => emit("trace", { what, ...more });

/** @param {Partial<typeof status>} news */
const say = (news) => emit("status", Object.assign(status, news));

/**
 * Asks the server for the session, null for nobody, and tells the other tabs.
 * Throws when it cannot be known.
 * @returns {Promise<Session|null>}
 */
export async function getSession(query = "") {
  for (const name of ["fallback", "soon", "poll"]) later(name); // this is the question
  trace("ask");
  ours?.postMessage({ asking: true });
  try {
    const answer = await ask(query);
    ours?.postMessage({ answer });
    trace("answer", answer);
    apply(answer);
    remember(current); // a late answer has not changed that
    return answer.session;
  } catch (problem) {
    if (left) throw problem; // given up with the page that asked: that is no answer
    const busy = problem instanceof Response && problem.status === 429;
    ours?.postMessage({ lost: true, busy, notBefore });
    lost(busy);
    throw problem;
  }
}

/**
 * What the server says. Not finding the cookie of a sign-in that it knows of, it
 * is asked again.
 * @param {string} query
 * @returns {Promise<Answer>}
 */
async function ask(query, tries = 3) {
  const at = (lastCheck = Date.now());
  const stop = window.AbortController && new AbortController();
  setTimeout(() => stop?.abort(), answerMillis);
  const response = await fetch(`${settings.authPath}/session${query}`, { cache: "no-store", signal: stop?.signal });
  if (!response.ok) {
    notBefore = Math.max(notBefore, Date.now() + retryAfter(response.headers));
    throw response;
  }
  const header = (/** @type {string} */ name) => response.headers.get(`Session-${name}`);
  // From the question on: the answer may have been on its way for long.
  const until = (/** @type {string} */ name) => at + Number(header(name)) * 1000;
  const reason = header("Ended") ?? "";
  if (reason === "replaced" && tries) {
    // Another tab has just signed in, and its cookie is on the way here.
    await new Promise((resolve) => setTimeout(resolve, leaderMillis));
    return ask(query, tries - 1);
  }
  return { session: await response.json(), reason, expires: until("Expires-In"), ends: until("Ends-In"), at };
}

/**
 * For how many milliseconds the server does not want to be asked: Retry-After is
 * a number of seconds or a date, by the server's clock (RFC 9110 §10.2.3).
 * @param {Headers} headers
 */
function retryAfter(headers) {
  const text = headers.get("Retry-After") ?? "";
  const date = Date.parse(text) - (Date.parse(headers.get("Date") ?? "") || Date.now());
  const millis = text.trim() === "" ? 0 : isNaN(Number(text)) ? date : Number(text) * 1000;
  return Math.min(Math.max(millis || 0, 0), retryMillis);
}

/** The user is here: keeps the session alive where a poll alone does not. */
export const staySignedIn = () => check("?active");

/** Checks with the server, once it can be asked. What follows, follows from the answer. */
function check(query = "") {
  if (query || Date.now() >= notBefore) getSession(query).catch(() => {});
  else later("soon", notBefore - Date.now(), checkTogether);
}

/** Has the session checked once for all tabs: by the leading one, if there is one. */
function checkTogether() {
  if (document.hidden) return void (lastCheck = 0); // a user who comes back is asked about
  later("soon");
  if (leading) return void check();
  ours?.postMessage({ ask: (lastCheck = Date.now()) });
  later("fallback", leaderMillis, check);
}

/** Checks because of news that can wait a little, but must not be missed. */
const checkSoon = () => later("soon", lastCheck + floorMillis - Date.now(), checkTogether);

/** The user came back to this tab: checks, but not at every click, and not for guests. */
function returned() {
  if ((current || !lastCheck) && Date.now() - lastCheck >= floorMillis) checkTogether();
  tick();
}

/**
 * Acts on what is known now of the session.
 * @param {Answer} answer
 */
function apply(answer) {
  if (!left) later("silence");
  if (left || (answer.at < asOf && asOf <= Date.now())) return schedule(); // or else the clock was set back
  const { session } = answer;
  const user = session?.user?.email ?? "";
  const text = JSON.stringify(session?.user);
  // A cookie that is gone tells no reason: it ran out, or another tab signed out.
  const gone = Date.now() > expires - 2000 ? "expired" : "tab";
  const reason = answer.reason === "signout" ? "tab" : answer.reason || gone;
  const other = user !== current;
  const changed = other || (described && text !== described);
  ({ at: asOf, expires, ends } = answer);
  current = user;
  described = text;
  say({ lost: false, user: session?.user ?? null });
  if (changed) emit("change", session);
  if (other) follow(reason);
  if (user === renderedFor) hide(false);
  if (other || failures) lead();
  failures = 0;
  schedule();
  tick();
}

/**
 * Someone else is signed in now, or nobody, or again who the page is for.
 * @param {string} reason
 */
function follow(reason) {
  const { pathname, search } = location;
  const callbackUrl = pathname + search;
  const reader = current === renderedFor ? "same" : current ? "other" : "nobody";
  say({ reader });
  if (reader === "other" && (isPrivate || /^.sign(in|up)$/.test(pathname))) leave(callbackUrl);
  if (reader === "nobody" && emit("expired") && isPrivate) {
    // The sign-in page believes a reason in its address only beside this.
    document.cookie = `session-ended=${reason}; Path=/signin; Max-Age=10; SameSite=Lax`;
    void document.cookie; // Chromium writes cookies later, but before one is read: without this the next request may go ahead of it
    leave(`/signin?${new URLSearchParams({ callbackUrl, reason })}${location.hash}`); // see fragment.js
  }
}

/**
 * Goes elsewhere, hiding what is shown first: a slow navigation must not leave
 * private content on the screen. An address without a #fragment is always
 * fetched, and never by repeating the POST that a page may have come from.
 * @param {string} url
 */
function leave(url) {
  left = true;
  hide(true);
  pause();
  // A form on its way, such as the sign-out itself, has the better answer.
  setTimeout(() => left && location.replace(url), Date.now() - submitted < floorMillis ? floorMillis : 0);
}

/** @param {boolean} on */
const hide = (on) => document.documentElement.classList.toggle("session-hidden", on);

/** The server cannot be reached, is busy or does not know: nothing is changed by that. */
function lost(busy = false) {
  failures++;
  later("silence");
  trace("unknown");
  say({ lost: current !== "" && !busy });
  schedule();
}

/** Looks at the clock: warns when the end is near, hides when it has come. */
function tick() {
  later("tick");
  if (!current || left || document.hidden) return;
  const rest = expires - Date.now();
  const due = rest - warnMillis;
  if (rest <= 0) hide(isPrivate);
  // Another window may have moved the end since the server was last asked.
  const stale = asOf < expires - (rest > 0 ? warnMillis : 0);
  if (due <= 0 && stale && !failures && lastCheck <= asOf) checkTogether();
  say({ ending: due > 0 || rest <= 0 || stale ? 0 : expires, final: ends - expires < 1000 });
  later("tick", Math.min(tickMillis, Math.max(leaderMillis, due > 0 ? due : rest)), tick);
}

/**
 * Plans the next poll, while someone is signed in: the leader's, and that of a
 * tab which hears nothing from the leader for two intervals.
 */
function schedule() {
  later("poll");
  if (!current || left || document.hidden || navigator.onLine === false || !(pollMillis || failures)) return;
  const wait = failures ? Math.min(1000 * 2 ** failures, pollMillis || pushMillis, pushMillis) : pollMillis;
  const patience = leading ? 0.9 : 2.1;
  const grace = failures && !leading ? answerMillis : 0; // the leader's next failure takes its time
  later("poll", Math.max(wait * (patience + Math.random() / 5) + grace, notBefore - Date.now()), check);
}

/** Listens to the event stream while leading: it says when to ask. */
function listen() {
  if (settings.push !== "true" || alone || !window.EventSource || !leading) return;
  const push = (/** @type {string} */ state) => trace("push", { state });
  const source = (stream = new EventSource(`${settings.authPath}/events`));
  source.onopen = () => {
    later("broken");
    push("open");
    if (failures) check();
  };
  source.addEventListener("session", () => {
    push("news");
    check();
  });
  source.onerror = () => {
    if (source.readyState < 2) {
      // The browser connects again by itself. Unless it succeeds, the server is asked, once.
      if (!timers.broken) later("broken", brokenMillis, doubt);
      return;
    }
    push("closed");
    later("push", pushMillis * (1 + Math.random()), listen);
    checkSoon(); // refused: the session has ended, or there is an outage
  };
}

/** Checks whether the connection is lost: it is if no answer comes at once. */
function doubt() {
  if (Date.now() < notBefore) return;
  check();
  later("silence", leaderMillis, lost);
}

/** @param {boolean} on */
function setLeading(on) {
  if (leading === on) return;
  leading = on;
  trace(on ? "lead" : "follow");
  if (on && timers.fallback) check(); // nobody else will
  schedule();
  stream?.close();
  later("broken");
  later("push", leaderMillis, listen); // tabs may be leafed through
}

/** Leads while this tab is visible, if no other visible tab does. */
function lead() {
  yieldLead();
  if (document.hidden || left || !current) return;
  yieldLead = () => setLeading(false);
  if (alone) return setLeading(true); // then the first tab that polls, polls for all that it can reach
  schedule();
  const stop = new AbortController();
  yieldLead = () => {
    stop.abort();
    setLeading(false);
  };
  navigator.locks.request("latchkey-session", { signal: stop.signal }, () => new Promise((release) => {
    setLeading(true);
    stop.signal.onabort = release;
  })).catch(() => {
    // It waits no more; or locks are forbidden here, as all storage is.
    if (!stop.signal.aborted) setLeading((alone = true));
  });
}

/** Nothing goes on in a page that is hidden or left. */
function pause() {
  yieldLead();
  if (timers.soon || timers.fallback) lastCheck = 0; // a user who comes back is asked about
  for (const name in timers) later(name);
}

/**
 * Notes who this browser is signed in as. If that is news, the stock client of
 * other pages is told.
 * @param {string} user
 */
function remember(user) {
  if (remembered() === user) return;
  try {
    localStorage.setItem("latchkey-user", user);
  } catch {} // blocked: then every answer is news
  nextAuth?.postMessage({ event: "session", data: { trigger: user ? "getSession" : "signout" }, from: "latchkey" });
}

function remembered() {
  try {
    return localStorage.getItem("latchkey-user") ?? "";
  } catch {}
}

/** @param {MessageEvent<{asking: boolean, ask: number, lost: boolean, busy: boolean, notBefore: number, answer: Answer}>} message */
function heard({ data }) {
  // Each message has one of the four. Tabs that come back at once ask once.
  if (data.asking) schedule();
  if (leading && data.ask - lastCheck > leaderMillis) check();
  if (data.lost) {
    notBefore = Math.max(notBefore, data.notBefore);
    lost(data.busy);
  }
  if (!data.answer) return;
  later("fallback");
  lastCheck = data.answer.at;
  trace("heard", data.answer);
  apply(data.answer);
}

/** @param {MessageEvent} message */
function heardNextAuth({ data }) {
  if (data?.from === "latchkey") return; // the answer itself is on the other channel
  // The stock client tells of every poll; only a sign-out, or a sign-in that
  // this tab has not seen, cannot wait.
  const out = data?.data?.trigger === "signout";
  if (out && document.hidden) hide(isPrivate); // until the tab is seen and has asked
  if (out || !current) checkTogether();
  else checkSoon();
}

ours?.addEventListener("message", heard);
nextAuth?.addEventListener("message", heardNextAuth);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return pause();
  returned();
  lead();
});
addEventListener("submit", () => (submitted = Date.now()));
addEventListener("focus", returned);
addEventListener("online", () => current && checkSoon());
addEventListener("offline", () => lost());
addEventListener("pagehide", () => {
  left = true;
  pause();
});
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  // Back from the back/forward cache: show nothing until it is known to be ours.
  // An answer that was on its way when it was left is older than that.
  hide(isPrivate);
  left = false;
  asOf = Date.now();
  lead();
  getSession().catch(() => {}); // even while the server asks to be left alone: nothing is shown until it has answered
});

// The page itself is news when it was rendered for someone else than the last
// one: it is the page that follows a sign-in or a sign-out.
if (remembered() !== renderedFor) check();
lead();
tick();
if (location.hash) import("./fragment.js");
