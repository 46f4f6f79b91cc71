package main

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// refusal answers every question with a status and Retry-After, and notes when.
type refusal struct {
	status int
	after  func() string

	mu    sync.Mutex
	times []time.Time
}

func (r *refusal) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	r.mu.Lock()
	r.times = append(r.times, time.Now())
	r.mu.Unlock()
	w.Header().Set("Retry-After", r.after())
	w.WriteHeader(r.status)
}

func (r *refusal) asked() []time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]time.Time(nil), r.times...)
}

// A server that wants to be left alone is left alone by all tabs for as long as
// it says, whatever happens in them, and nobody is signed out by that.
func TestThePageHeedsRetryAfter(t *testing.T) {
	inSeconds := func() string { return "4" }
	for name, tt := range map[string]struct {
		refusal *refusal
		says    string
	}{
		"429, seconds": {&refusal{status: 429, after: inSeconds}, ""},
		"429, date":    {&refusal{status: 429, after: func() string { return time.Now().Add(5 * time.Second).UTC().Format(http.TimeFormat) }}, ""}, // to the second
		"503, seconds": {&refusal{status: 503, after: inSeconds}, connectionLost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFront(t, "SESSION_POLL_INTERVAL", "1s")
			first := newTab(t)
			first.signIn(f.url)
			second := first.another()
			second.open(f.url + "/account/sessions")
			first.comes("push open")
			f.answerInstead(tt.refusal.ServeHTTP, "/auth/session")
			until(t, "the first refusal", func() bool { return len(tt.refusal.asked()) > 0 })
			until(t, "both tabs know", func() bool { return first.count("unknown") > 0 && second.count("unknown") > 0 })
			for _, b := range []tab{first, second} {
				b.says(tt.says)
				eval[bool](b, `dispatchEvent(new Event("focus"))`)
				eval[bool](b, stock("signout")+`; true`)
				eval[bool](b, `dispatchEvent(new Event("online"))`)
			}
			until(t, "the next question", func() bool { return len(tt.refusal.asked()) > 1 })
			asked := tt.refusal.asked()
			if wait := asked[1].Sub(asked[0]); wait < 3900*time.Millisecond {
				t.Errorf("the server was asked again %v after it had said to wait for 4 s", wait)
			}
			f.answerInstead(nil, "/auth/session")
			first.says("")
			answers := first.count("answer") + first.count("heard")
			until(t, "polls go on", func() bool { return first.count("answer")+first.count("heard") >= answers+2 })
			if !first.sees("Welcome") || !second.sees("signed in now") {
				t.Error("a busy server took a page away")
			}
		})
	}
}

// Retry-After that makes no sense, or would last for ever, does not keep a page
// from asking.
func TestRetryAfterIsHeldToAnHour(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "1h", "SESSION_PUSH", "off")
	b := newTab(t)
	b.signIn(f.url)
	b.comes("lead")
	// The longest timer that the page sets from now on.
	eval[bool](b, `window.longest = 0; window.setTimeout = ((set) => (f, millis = 0, ...x) => { longest = Math.max(longest, millis); return set(f, millis, ...x) })(setTimeout); true`)
	for _, tt := range []struct {
		after    string
		min, max time.Duration
	}{
		{"", 0, 3 * time.Second}, {"-5", 0, 5 * time.Second}, {"soon", 0, 10 * time.Second}, {"Wed, 21 Oct 2015 07:28:00 GMT", 0, 18 * time.Second},
		{"900", 899 * time.Second, 900 * time.Second}, {"31536000", 3599 * time.Second, time.Hour}, {"1e300", 3599 * time.Second, time.Hour},
	} {
		refused := &refusal{status: 429, after: func() string { return tt.after }}
		f.answerInstead(refused.ServeHTTP, "/auth/session")
		got := eval[float64](b, `window.longest = 0, import("/static/session.js").then((m) => m.getSession()).catch(() => 0).then(() => longest)`, chromedp.EvalAwaitPromise)
		if tt.max < 20*time.Second { // the timer that gives up on an answer
			tt.max = 20 * time.Second
		}
		if wait := time.Duration(got) * time.Millisecond; wait < tt.min || wait > tt.max {
			t.Errorf("with Retry-After %q the page waits %v, want %v to %v", tt.after, wait, tt.min, tt.max)
		}
	}
}

// A server that fails is asked less and less often, at least once a minute, also
// where polls are an hour apart or switched off.
func TestThePageBacksOff(t *testing.T) {
	for _, interval := range []string{"1h", "0"} {
		t.Run(interval, func(t *testing.T) {
			t.Parallel()
			f := newFront(t, "SESSION_POLL_INTERVAL", interval, "SESSION_PUSH", "off")
			b := newTab(t)
			b.signIn(f.url)
			b.comes("lead")
			f.answerInstead(hangUp, "/auth/session")
			const setTimers = `window.waits = []; window.setTimeout = ((set) => (f, millis = 0, ...x) => { waits.push(millis); return set(f, millis, ...x) })(setTimeout); true`
			eval[bool](b, setTimers)
			eval[bool](b, `import("/static/session.js").then((m) => void m.getSession()), true`)
			b.says(connectionLost)
			start := f.polls()
			time.Sleep(7 * time.Second) // after 2 and 4 seconds, give or take a tenth
			if n := f.polls() - start; n < 1 || n > 2 {
				t.Errorf("in 7 s a server that fails is asked %d times, want once or twice", n)
			}
			for range 8 {
				eval[int](b, `window.waits = [], import("/static/session.js").then((m) => m.getSession()).catch(() => 0)`, chromedp.EvalAwaitPromise)
			}
			if longest := eval[float64](b, `Math.max(...waits)`); longest < 50000 || longest > 70000 {
				t.Errorf("after ten failures the next question is %.0f ms away, want about a minute", longest)
			}
			f.answerInstead(nil, "/auth/session")
		})
	}
}

// A stream that has been failing for three seconds is news: the server is asked,
// and if it does not answer either the page says so, though the next poll is an
// hour away.
func TestABrokenStreamIsALostConnection(t *testing.T) {
	for name, broken := range map[string]func(f *front){
		"no connection": func(f *front) { f.answerInstead(hangUp, "/auth/session", "/auth/events") },
		"no answer": func(f *front) {
			f.hold("/auth/session")
			f.answerInstead(hangUp, "/auth/events")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFront(t, "SESSION_POLL_INTERVAL", "1h")
			b := newTab(t)
			b.signIn(f.url)
			b.comes("push open")
			broken(f)
			f.cut()
			if took := b.says(connectionLost); took > 8*time.Second {
				t.Errorf("the page says so after %v, want about 3 s", took)
			}
			f.answerInstead(nil, "/auth/session", "/auth/events")
			f.release("/auth/session")
			b.says("")
			until(t, "the stream is open again", func() bool { return b.count("push open") > 1 })
		})
	}
}

// A stream alone may fail for ever, as behind some proxies. Then the page asks
// once and says nothing.
func TestAStreamAloneThatFailsIsNoAlarm(t *testing.T) {
	t.Parallel()
	f := newFront(t, "SESSION_POLL_INTERVAL", "1h")
	b := newTab(t)
	b.signIn(f.url)
	b.comes("push open")
	eval[bool](b, `window.said = []; document.addEventListener("session:status", () => said.push(document.querySelector("#session-notice p").textContent)); true`)
	f.answerInstead(hangUp, "/auth/events")
	before := f.polls()
	f.cut()
	until(t, "the question", func() bool { return f.polls() > before })
	time.Sleep(4 * time.Second)
	if n := f.polls() - before; n != 1 {
		t.Errorf("a stream that fails has the page ask %d times, want once", n)
	}
	for _, said := range eval[[]string](b, `said`) {
		if said != "" {
			t.Errorf("the page says %q, want nothing", said)
		}
	}
}
