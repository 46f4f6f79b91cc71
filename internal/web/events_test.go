package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/accounts/accountstest"
)

// listening is a browser that holds an event stream open.
type listening struct {
	t     *testing.T
	resp  *http.Response
	lines chan string // closed when the stream ends as it should
	ended chan error  // how it ended; nil = properly
}

// listen opens the stream, which must be accepted.
func (b *browser) listen() *listening {
	b.t.Helper()
	l := b.tryListen()
	if l.resp.StatusCode != 200 || l.resp.Header.Get("Content-Type") != "text/event-stream" {
		b.t.Fatalf("GET /auth/events = %d %s, want an event stream", l.resp.StatusCode, l.resp.Header.Get("Content-Type"))
	}
	if first := l.line(); !strings.HasPrefix(first, "retry: ") {
		b.t.Fatalf("the stream begins with %q, want retry", first)
	}
	return l
}

func (b *browser) tryListen() *listening {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b.t.Cleanup(cancel)
	r, _ := http.NewRequestWithContext(ctx, "GET", b.world.front.URL+"/auth/events", nil)
	r.Header.Set("Sec-Fetch-Mode", "cors")
	resp, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	l := &listening{b.t, resp, make(chan string, 100), make(chan error, 1)}
	go func() {
		defer close(l.lines)
		for in := bufio.NewReader(resp.Body); ; {
			line, err := in.ReadString('\n')
			if line = strings.TrimSpace(line); line != "" && line != ":" {
				l.lines <- line
			}
			if err != nil {
				if errors.Is(err, io.EOF) {
					err = nil
				}
				l.ended <- err
				return
			}
		}
	}()
	return l
}

// line is the next one that says something; "" = the stream has ended.
func (l *listening) line() string {
	l.t.Helper()
	select {
	case line := <-l.lines:
		return line
	case <-time.After(20 * time.Second):
		l.t.Fatal("the stream has said nothing for 20 s")
		return ""
	}
}

// tells checks that the stream has news and then ends.
func (l *listening) tells(what string) {
	l.t.Helper()
	if event, data, end := l.line(), l.line(), l.line(); event != "event: session" || data != "data: ask" || end != "" {
		l.t.Errorf("after %s the stream says %q %q %q, want one event and its end", what, event, data, end)
	}
}

// quiet checks that nothing has been said.
func (l *listening) quiet(when string) {
	l.t.Helper()
	select {
	case line, open := <-l.lines:
		l.t.Errorf("%s the stream says %q (open: %v), want nothing", when, line, open)
	case <-time.After(50 * time.Millisecond):
	}
}

// An ending reaches the stream of that session on whatever instance holds it,
// and no other's.
func TestTheStreamTellsOfAnEnding(t *testing.T) { // RV-3
	everywhere(t, func(t *testing.T, w *world) {
		ada := someone(t)
		phone, other := w.signUp(ada), w.signUp("x"+ada)
		w.wait(time.Second)
		laptop := w.browser()
		laptop.post("/signin", "email", ada, "password", testPassword).redirectsTo("/dashboard")
		first := w.handler()
		w.use(w.instance()) // the streams are on another one
		onPhone, onLaptop, onOther := phone.listen(), laptop.listen(), other.listen()
		w.use(first)
		laptop.post("/account/sessions/end-others").redirectsTo("/account/sessions?done=others")
		onPhone.tells("the ending")
		onLaptop.quiet("after another session ended")
		onOther.quiet("after another user's session ended")
		if again := phone.tryListen(); again.resp.StatusCode != 204 {
			t.Errorf("GET /auth/events of an ended session = %d, want 204, which tells the browser not to try again", again.resp.StatusCode)
		}
	})
}

func TestTheStreamTellsOfAChange(t *testing.T) {
	w := onMemory(t)
	b := w.signUp("ada@example.com")
	l := b.listen()
	user, _, _ := w.db.UserByEmail(t.Context(), "ada@example.com")
	name := "Ada King"
	if err := w.users.EditUser(t.Context(), user.ID, accounts.Edit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	l.tells("the change")
	if got := b.get("/auth/session").text; !strings.Contains(got, name) {
		t.Errorf("the session is %s after the news, want the new name", got)
	}
}

func TestTheStreamIsForWhoIsSignedIn(t *testing.T) {
	w := onMemory(t)
	if got := w.browser().tryListen().resp; got.StatusCode != 204 || len(got.Cookies()) != 0 {
		t.Errorf("GET /auth/events of a guest = %d and %d cookies, want 204 and none", got.StatusCode, len(got.Cookies()))
	}
	b := w.signUp("ada@example.com")
	w.wait(6 * time.Minute) // a renewal is due, but opening a stream is nobody's activity
	l := b.listen()
	if n := len(l.resp.Cookies()); n != 0 {
		t.Errorf("opening the stream sets %d cookies, want none", n)
	}
	if got := l.resp.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("the stream's Cache-Control is %q, want no-store", got)
	}
	if got := b.do("HEAD", "/auth/events", "", ""); got.StatusCode != 400 {
		t.Errorf("HEAD /auth/events = %d, want 400 and not an open answer", got.StatusCode)
	}
}

func TestTheStreamEndsWithTheSession(t *testing.T) {
	w := newWorld(t, memory{accountstest.NewStore()}, "database")
	w.cfg.MaxAge = 24 * time.Hour
	b := w.signUp("ada@example.com")
	w.wait(24*time.Hour - time.Second) // a second is left
	b.listen().ends("the session's expiry")
	if again := b.tryListen(); again.resp.StatusCode != 204 {
		t.Errorf("GET /auth/events after the expiry = %d, want 204", again.resp.StatusCode)
	}
}

func TestStreamsEndWhenTheProgramStops(t *testing.T) { // PR-2
	w := onMemory(t)
	stop := make(chan struct{})
	w.stopping = stop
	w.deploy()
	l := w.signUp("ada@example.com").listen()
	close(stop)
	l.ends("the stop")
}

// ends checks that the stream ends without news, and properly: a browser shows
// a broken answer as an error, and a proxy logs it.
func (l *listening) ends(why string) {
	l.t.Helper()
	if got := l.line(); got != "" {
		l.t.Errorf("at %s the stream says %q, want its end", why, got)
	}
	if err := <-l.ended; err != nil {
		l.t.Errorf("at %s the stream breaks off: %v", why, err)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	w := onMemory(t)
	w.cfg.Watches, w.cfg.WatchesPerUser = 3, 2
	w.deploy()
	ada, bob := w.signUp("ada@example.com"), w.signUp("bob@example.com")
	closing := ada.listen()
	ada.listen()
	if got := ada.tryListen().resp; got.StatusCode != 429 || got.Header.Get("Retry-After") == "" {
		t.Errorf("one stream more than a user may have = %d, Retry-After %q, want 429 and a time", got.StatusCode, got.Header.Get("Retry-After"))
	}
	bob.listen()
	if got := w.signUp("eve@example.com").tryListen().resp; got.StatusCode != 429 {
		t.Errorf("one stream more than all may have = %d, want 429", got.StatusCode)
	}
	closing.resp.Body.Close()
	for deadline := time.Now().Add(20 * time.Second); w.service.Watches() > 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d streams are open after one was closed, want 2", w.service.Watches())
		}
	}
	ada.listen()
}

func TestPushCanBeTurnedOff(t *testing.T) {
	w := onMemory(t)
	w.noPush = true
	w.deploy()
	b := w.signUp("ada@example.com")
	b.get("/auth/events").shows(400)
	b.get("/dashboard").shows(200, `data-push="false"`)
}

func TestDuringAnOutageTheStreamIsRefused(t *testing.T) {
	db := &fragile{memory: memory{accountstest.NewStore()}}
	w := newWorld(t, db, "jwt")
	b := w.signUp("ada@example.com")
	db.down.Store(true)
	w.wait(6 * time.Minute)
	if got := b.tryListen().resp; got.StatusCode != 503 {
		t.Errorf("GET /auth/events during an outage = %d, want 503", got.StatusCode)
	}
}

// News comes through however long the stream was silent before, and heartbeats
// keep it open past the deadlines that the server has for other answers.
func TestAStreamOutlivesItsDeadlines(t *testing.T) {
	news := make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stream{out: w, every: 300 * time.Millisecond, grace: 100 * time.Millisecond}.run(r.Context(), news, nil)
	}))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	server.Start()
	defer server.Close()
	resp, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	time.AfterFunc(1050*time.Millisecond, func() { news <- struct{}{} }) // between two heartbeats, after the last one's grace
	text, err := io.ReadAll(resp.Body)
	if err != nil || strings.Count(string(text), ":\n\n") < 2 || !strings.HasSuffix(string(text), "event: session\ndata: ask\n\n") {
		t.Errorf("the stream says %q, %v, want heartbeats, the news and a proper end", text, err)
	}
}
