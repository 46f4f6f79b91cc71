package lab_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"latchkey/internal/web/webtest"
)

// tab is a tab of a real browser whose user is at the lab.
type tab struct{ webtest.Tab }

// live signs a user in, in a real browser, and opens the lab.
func live(t *testing.T, strategy string, prepare func(s *webtest.Site)) (tab, *webtest.Site) {
	t.Helper()
	s := labSite(t, webtest.AnyDatabase(t), strategy)
	prepare(s)
	s.Deploy()
	s.SignUp("ada@example.com")
	b := tab{s.OpenTab()}
	b.Open("/signin")
	b.SignIn("ada@example.com")
	b.ComesTo("/dashboard", "Ada")
	b.Open("/lab")
	return b, s
}

func eval[T any](b tab, js string) T {
	b.T.Helper()
	got, err := chromedp.Run(b.Tab, chromedp.Evaluate[T](js))
	if err != nil {
		b.T.Fatalf("Evaluate(%s): %v", js, err)
	}
	return got
}

func (b tab) click(selector string) {
	b.T.Helper()
	b.Do("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// until waits for an expression to become true in the page.
func (b tab) until(what, js string) {
	b.T.Helper()
	ok := webtest.Eventually(func() bool {
		ok, err := chromedp.Run(b.Tab, chromedp.Evaluate[bool](js))
		return err == nil && ok
	})
	if !ok {
		b.T.Fatalf("%s: %s does not become true; the page is at %s:\n%.2000s", what, js,
			eval[string](b, `location.href`), eval[string](b, `document.body.innerText`))
	}
}

// clean checks that nothing went wrong behind the scenes but what the test did.
func (b tab) clean(but ...string) {
	b.T.Helper()
	for _, problem := range b.Problems() {
		if !slices.ContainsFunc(but, func(expected string) bool { return strings.Contains(problem, expected) }) {
			b.T.Errorf("the browser complains: %s", problem)
		}
	}
}

// trace says what session.js would, and waits for the lab's words for it.
func (b tab) trace(detail, words string) {
	b.T.Helper()
	eval[bool](b, `document.dispatchEvent(new CustomEvent("session:trace", {detail: `+detail+`}))`)
	b.until(words+" is in the log", `[...document.querySelectorAll("#lab-log li")].some((li) => li.innerText.includes("`+words+`"))`)
}

// The lab is a live page, and what it shows comes about as in any project.
func TestTheLabIsLive(t *testing.T) {
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) {
			laptop, _ := live(t, strategy, func(s *webtest.Site) { s.Web.PollInterval = time.Second })
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
			laptop.until("the sign-in page says why", `document.readyState === "complete" && location.pathname + location.search === "/signin?callbackUrl=%2Flab&reason=expired"`)
			laptop.clean("401")
		})
	}
}

// A connection that is dropped is seen as lost at once, although nobody polls, and as
// good again as soon as it is. Nobody is signed out.
func TestTheLabDropsTheConnection(t *testing.T) {
	b, _ := live(t, "database", func(s *webtest.Site) { s.Web.PollInterval = time.Hour })
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
	time.Sleep(10 * time.Second) // of the 20
	b.until("the connection is good again", `!(`+lost+`) && document.getElementById("lab-connection").innerText.includes("Connected")`)
	// Against the length of the drop itself, which is 20 s.
	after, gone := eval[int](b, `window.lostAfter`), eval[int](b, `window.goneAfter`)
	if after > 2000 || gone > 25000 || gone < 20000 {
		t.Errorf("the notice came after %d ms and was gone after %d, want it within 2 s and gone within 5 s of the 20", after, gone)
	}
	b.ComesTo("/lab", "Connected")
	b.clean("ERR_EMPTY_RESPONSE", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_FAILED")
}

// A question that ends with its page is no answer, and no alarm.
func TestAnAbortedQuestionIsNoAlarm(t *testing.T) {
	b, s := live(t, "database", func(s *webtest.Site) { s.Web.PollInterval, s.Web.Push = time.Second, false })
	next := holdQuestions(s)
	b.until("a question was answered", `document.getElementById("lab-log").innerText.includes("answer: signed in")`)
	for range 3 {
		release := next()
		b.Open("/lab")
		release()
		b.until("a question was answered", `document.getElementById("lab-log").innerText.includes("answer: signed in")`)
	}
	if got := eval[string](b, `sessionStorage.getItem("latchkey-lab")`); strings.Contains(got, "no answer") {
		t.Errorf("a question that ended with its page is in the log as unanswered: %s", got)
	}
	if eval[bool](b, `document.getElementById("session-notice").innerText.includes("offline")`) {
		t.Error("a question that ended with its page is a lost connection")
	}
}

// holdQuestions holds answers to questions about the session: next waits until one is
// held, and returns what lets it go.
func holdQuestions(s *webtest.Site) (next func() (release func())) {
	var mu sync.Mutex
	var held, arrived chan struct{}
	site := s.Handler()
	s.Use(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		wait, asked := held, arrived
		mu.Unlock()
		if wait != nil && r.URL.Path == "/auth/session" {
			select {
			case asked <- struct{}{}:
			default:
			}
			<-wait
		}
		site.ServeHTTP(w, r)
	}))
	return func() func() {
		wait, asked := make(chan struct{}), make(chan struct{}, 1)
		hold := func(w, a chan struct{}) {
			mu.Lock()
			defer mu.Unlock()
			held, arrived = w, a
		}
		hold(wait, asked)
		<-asked
		return func() { hold(nil, nil); close(wait) }
	}
}

// What session.js tells of its doings is put into words, each with its cost.
func TestTheLabTellsWhatTheTabsSay(t *testing.T) {
	b, s := live(t, "database", func(s *webtest.Site) { s.Web.PollInterval = 0 })
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
	b.Open("/lab")
	b.until("the log goes on after a page load", `document.querySelectorAll("#lab-log li").length === 4`)

	// A second tab in front: it leads, or this one does and it waits.
	second := tab{webtest.Tab{Tab: b.NewTab(), T: t, URL: s.URL}}
	second.Open("/lab")
	second.until("the second tab knows of the first", `/This tab asks for all|Another tab asks/.test(document.getElementById("lab-leader").innerText)`)
	b.clean()
	second.clean()
}
