package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/testenv"
)

// until waits for an expression to become true in the page.
func (b tab) until(what, js string) {
	b.t.Helper()
	b.within(15*time.Second, what, js)
}

// untilLong waits for what takes its time.
func (b tab) untilLong(what, js string) {
	b.t.Helper()
	b.within(time.Minute, what, js)
}

func (b tab) within(patience time.Duration, what, js string) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if ok, err := chromedp.Run(b.Tab, chromedp.Evaluate[bool](js)); err == nil && ok {
			return
		}
	}
	b.t.Fatalf("%s: %s does not become true; the page is at %s:\n%.2000s", what, js,
		eval[string](b, `location.href`), eval[string](b, `document.body.innerText`))
}

// trace says what session.js would, and waits for the lab's words for it.
func (b tab) trace(detail, words string) {
	b.t.Helper()
	eval[bool](b, `document.dispatchEvent(new CustomEvent("session:trace", {detail: `+detail+`}))`)
	b.until(words+" is in the log", `[...document.querySelectorAll("#lab-log li")].some((li) => li.innerText.includes("`+words+`"))`)
}

// The lab is a live page, and what it shows comes about as in any project.
func TestTheLabIsLive(t *testing.T) {
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) {
			url := runInProcess(t, "SESSION_STRATEGY", strategy, "SESSION_POLL_INTERVAL", "1s")
			laptop := tab{testenv.Browser(t), t}
			laptop.signIn(url)
			laptop.open(url + "/lab")
			laptop.arrives("/lab")
			laptop.until("the clock runs", `document.querySelector(".lab-rest").textContent.startsWith("4 min 5")`)
			laptop.until("the tab knows that it leads", `document.getElementById("lab-leader").textContent.startsWith("This tab asks for all")`)
			laptop.until("a poll and its cost are in the log", `/\/auth\/session was asked.*0 queries|answer: signed in.*0 queries/.test(document.getElementById("lab-log").innerText.replaceAll("\n", " "))`)

			// An act stays on the page, and what changed flashes once.
			eval[bool](laptop, `window.here = true; window.flashes = []; document.addEventListener("animationstart", ({ target, animationName }) =>
				animationName === "lab-changed" && flashes.push(target.querySelector("[id]")?.id)); true`)
			laptop.click("#lab-practice-add")
			laptop.until("the practice device asks and is answered", `document.querySelectorAll("#lab-wire .lab-good").length >= 2`)
			laptop.until("the reader hears of it", `document.getElementById("lab-said").textContent === "The practice device is signed in."`)
			if got := eval[string](laptop, `document.activeElement.id`); got != "lab-practice-end" {
				t.Errorf("after the act the focus is on %q, want the button that took its place", got)
			}
			laptop.click("#lab-practice-end")
			laptop.until("its next request is refused", `document.querySelector("#lab-wire li").innerText.includes("401")`)
			laptop.until("the time is told", `/^Signed out \d+ ms after you pressed the button$/.test(document.getElementById("lab-verdict").textContent)`)
			time.Sleep(4 * time.Second) // a refresh
			laptop.until("it stays told", `document.getElementById("lab-verdict").textContent.includes(" ms after")`)
			refused := eval[int](laptop, `document.querySelectorAll("#lab-wire .lab-refused").length`)
			if refused != 1 {
				t.Errorf("the practice device was refused %d times, want it to stop asking", refused)
			}
			if n := eval[int](laptop, `flashes.filter((id) => id === "lab-practice").length`); n != 2 {
				t.Errorf("signed in and out the practice device flashed %d times, want 2", n)
			}

			laptop.click("#lab-large")
			size := map[string]string{"jwt": "in 3 cookies", "database": "43 bytes"}[strategy]
			laptop.until("the cookie shows its size", `document.getElementById("lab-readings").innerText.includes("`+size+`")`)

			if !eval[bool](laptop, `window.here`) {
				t.Error("an act has left the page")
			}
			laptop.click(`form[action="/lab/expire"] button`)
			laptop.arrives("/signin?callbackUrl=%2Flab&reason=expired")
			laptop.clean("401")
		})
	}
}

// A connection that is dropped is seen as lost at once, although nobody polls, and as
// good again as soon as it is. Nobody is signed out.
func TestTheLabDropsTheConnection(t *testing.T) {
	url := runInProcess(t, "SESSION_POLL_INTERVAL", "1h")
	b := tab{testenv.Browser(t), t}
	b.signIn(url)
	b.open(url + "/lab")
	b.until("the stream is open", `document.getElementById("lab-log").innerText.includes("push is on")`)
	lost := `document.getElementById("session-notice").innerText.includes("offline")`
	eval[bool](b, `(() => {
		window.lostAfter = window.goneAfter = 0;
		document.getElementById("lab-cut").addEventListener("click", () => { window.pressed = Date.now(); }, true);
		document.addEventListener("session:status", () => { if (`+lost+`) window.lostAfter ||= Date.now() - window.pressed; else if (window.lostAfter) window.goneAfter ||= Date.now() - window.pressed; });
		return true;
	})()`)
	b.click("#lab-cut")
	b.until("the lost connection is noticed", lost)
	b.until("the lab says so, too", `document.getElementById("lab-connection").innerText.includes("Lost for")`)
	b.untilLong("the connection is good again", `!(`+lost+`) && document.getElementById("lab-connection").innerText.includes("Connected")`)
	// Against the length of the drop itself, which is 20 s.
	after, gone := eval[int](b, `window.lostAfter`), eval[int](b, `window.goneAfter`)
	if after > 2000 || gone > 25000 || gone < 20000 {
		t.Errorf("the notice came after %d ms and was gone after %d, want it within 2 s and gone within 5 s of the 20", after, gone)
	}
	b.arrives("/lab")
	b.clean("ERR_EMPTY_RESPONSE", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_FAILED")
}

// A question that ends with its page is no answer, and no alarm.
func TestAnAbortedQuestionIsNoAlarm(t *testing.T) {
	f := newFront(t, "SESSION_POLL_INTERVAL", "1s", "SESSION_PUSH", "off", "LAB", "on")
	b := newTab(t)
	b.signIn(f.url)
	b.open(f.url + "/lab")
	b.until("a question was answered", `document.getElementById("lab-log").innerText.includes("answer: signed in")`)
	for range 3 {
		held := f.hold("/auth/session")
		received(t, "a question", held.arrived)
		b.open(f.url + "/lab")
		f.release("/auth/session")
		b.until("a question was answered", `document.getElementById("lab-log").innerText.includes("answer: signed in")`)
	}
	if got := eval[string](b, `sessionStorage.getItem("latchkey-lab")`); strings.Contains(got, "no answer") {
		t.Errorf("a question that ended with its page is in the log as unanswered: %s", got)
	}
	if eval[bool](b, `document.getElementById("session-notice").innerText.includes("offline")`) {
		t.Error("a question that ended with its page is a lost connection")
	}
}

// What session.js tells of its doings is put into words, each with its cost.
func TestTheLabTellsWhatTheTabsSay(t *testing.T) {
	url := runInProcess(t, "SESSION_POLL_INTERVAL", "0")
	b := tab{testenv.Browser(t), t}
	b.signIn(url)
	b.open(url + "/lab")
	b.until("the page itself is in the log", `/this page.*0 queries/.test(document.getElementById("lab-log").innerText.replaceAll("\n", " "))`)
	b.trace(`{what: "lead"}`, "this tab asks from now on")
	b.trace(`{what: "follow"}`, "this tab stopped polling")
	b.trace(`{what: "ask"}`, "this tab asks")
	eval[bool](b, `fetch("/auth/session").then((r) => r.json()).then((session) =>
		document.dispatchEvent(new CustomEvent("session:trace", {detail: {what: "answer", session, reason: ""}}))) && true`)
	b.until("the answer and its cost are one line", `/answer: signed in\s+0 queries/.test(document.querySelector("#lab-log li").innerText)`)
	b.trace(`{what: "heard", session: null, reason: "limit"}`, "another tab's answer: signed out (limit)")
	b.trace(`{what: "unknown"}`, "no answer")
	for state, words := range map[string]string{"open": "push is on", "news": "push: news", "closed": "push is off"} {
		b.trace(`{what: "push", state: "`+state+`"}`, words)
	}

	// The log is a short memory, kept over a page load.
	for range 12 {
		b.trace(`{what: "ask"}`, "this tab asks")
	}
	if n := eval[int](b, `JSON.parse(sessionStorage.getItem("latchkey-lab")).length`); n != 12 {
		t.Errorf("the log keeps %d lines, want the last 12", n)
	}
	b.open(url + "/lab")
	b.until("the log goes on after a page load", `document.querySelectorAll("#lab-log li").length === 4`)

	// A second tab in front: it leads, or this one does and it waits.
	second := tab{b.NewTab(), t}
	second.open(url + "/lab")
	second.until("the second tab knows of the first", `/This tab asks for all|Another tab asks/.test(document.getElementById("lab-leader").innerText)`)
	b.clean()
	second.clean()
}
