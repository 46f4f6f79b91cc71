package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/testenv"
)

// until waits for an expression to become true in the page.
func (b tab) until(what, js string) {
	b.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if ok, err := chromedp.Run(b.Tab, chromedp.Evaluate[bool](js)); err == nil && ok {
			return
		}
	}
	b.t.Fatalf("%s: %s does not become true; the page is at %s:\n%.2000s", what, js,
		eval[string](b, `location.href`), eval[string](b, `document.body.innerText`))
}

func (b tab) untilSessions(n int) {
	b.t.Helper()
	b.until(fmt.Sprint(n, " sessions are listed"), fmt.Sprintf(`document.querySelectorAll("#lab-sessions .device").length === %d`, n))
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
			laptop.shows(strategy)
			laptop.untilSessions(1)
			laptop.until("the clock runs", `document.querySelector(".lab-rest").textContent.startsWith("4 min 5")`)
			laptop.until("the tab knows that it leads", `document.getElementById("lab-leader").textContent.startsWith("This tab asks for all")`)
			laptop.until("a poll and its cost are in the log", `/\/auth\/session was asked; 0 database round trips|the answer came: signed in; 0 database round trips/.test(document.getElementById("lab-log").innerText)`)

			laptop.until("the stream is open", `document.getElementById("lab-log").innerText.includes("push: the line is open")`)

			// Another login appears by itself, and takes nobody's focus away.
			phone := tab{laptop.NewProfile(), t}
			phone.signIn(url)
			laptop.untilSessions(2)
			eval[bool](laptop, `document.querySelector("#lab-sessions button").focus() ?? true`)
			focused := eval[string](laptop, `document.activeElement.id`)
			tablet := tab{laptop.NewProfile(), t}
			tablet.signIn(url)
			laptop.untilSessions(3)
			if got := eval[string](laptop, `document.activeElement.id`); got != focused || !strings.HasPrefix(got, "end-") {
				t.Errorf("after the list was replaced the focus is on %q, want %q", got, focused)
			}

			// End it: the list shrinks, and the other browser leaves.
			laptop.click("#" + focused)
			laptop.comesToShow("That session is over")
			laptop.untilSessions(2)
			phone.arrives(signedOutFrom("/dashboard", "device"))

			laptop.click("#lab-large")
			laptop.comesToShow("Your roles fill 6 kB now")
			size := map[string]string{"jwt": "in 3 cookies", "database": "43 bytes"}[strategy]
			laptop.until("the cookie shows its size", `document.getElementById("lab-readings").innerText.includes("`+size+`")`)

			laptop.click("#lab-cut")
			laptop.comesToShow("hangs up on this session")
			laptop.until("the lost connection is noticed", `document.getElementById("session-notice").innerText.includes("offline")`)
			laptop.until("the rest of the page goes on", `document.getElementById("lab-drop").innerText.includes("Cut for another 1")`)

			laptop.click(`form[action="/lab/expire"] button`)
			laptop.arrives("/signin?callbackUrl=%2Flab&reason=expired")
			laptop.clean("ERR_EMPTY_RESPONSE", "ERR_INCOMPLETE_CHUNKED_ENCODING")
			phone.clean()
			tablet.clean()
		})
	}
}

// What session.js tells of its doings is put into words, each with its cost.
func TestTheLabTellsWhatTheTabsSay(t *testing.T) {
	url := runInProcess(t, "SESSION_POLL_INTERVAL", "0")
	b := tab{testenv.Browser(t), t}
	b.signIn(url)
	b.open(url + "/lab")
	b.until("the page itself is in the log", `/page and list came; 1 database round trip$/m.test(document.getElementById("lab-log").innerText)`)
	b.trace(`{what: "lead"}`, "this tab asks for all from now on")
	b.trace(`{what: "follow"}`, "this tab asks for all no more")
	b.trace(`{what: "ask"}`, "this tab asks who is signed in")
	eval[bool](b, `fetch("/auth/session").then((r) => r.json()).then((session) =>
		document.dispatchEvent(new CustomEvent("session:trace", {detail: {what: "answer", session, reason: ""}}))) && true`)
	b.until("the answer and its cost are one line", `document.querySelector("#lab-log li").innerText.includes("the answer came: signed in; 0 database round trips")`)
	b.trace(`{what: "heard", session: null, reason: "limit"}`, "another tab shared its answer: signed out (limit)")
	b.trace(`{what: "unknown"}`, "it cannot be known who is signed in")
	for state, words := range map[string]string{"open": "the line is open", "news": "there is news", "closed": "the line is closed"} {
		b.trace(`{what: "push", state: "`+state+`"}`, words)
	}

	// The log is a short memory, kept over a page load.
	for range 12 {
		b.trace(`{what: "ask"}`, "this tab asks")
	}
	if n := eval[int](b, `document.querySelectorAll("#lab-log li").length`); n != 12 {
		t.Errorf("the log has %d lines, want the last 12", n)
	}
	b.open(url + "/lab")
	b.until("the log goes on after a page load", `document.querySelectorAll("#lab-log li").length === 12`)

	// A second tab in front: it leads, or this one does and it waits.
	second := tab{b.NewTab(), t}
	second.open(url + "/lab")
	second.until("the second tab knows of the first", `/This tab asks for all|Another tab asks for this one/.test(document.getElementById("lab-leader").innerText)`)
	b.clean()
	second.clean()
}
