package web_test

import (
	"strings"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/web/webtest"
)

// An ending reaches the stream of that session on whatever instance holds it,
// and no other's.
func TestTheStreamTellsOfAnEnding(t *testing.T) { // RV-3
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		phone, other := w.SignUp(ada), w.SignUp("x"+ada)
		w.Wait(time.Second)
		laptop := w.Browser()
		laptop.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard")
		first := w.Handler()
		w.Use(w.Instance()) // the streams are on another one
		onPhone, onLaptop, onOther := phone.Listen(), laptop.Listen(), other.Listen()
		w.Use(first)
		laptop.Post("/account/sessions/end-others").RedirectsTo("/account/sessions")
		onPhone.Tells("the ending")
		onLaptop.Quiet("after another session ended")
		onOther.Quiet("after another user's session ended")
		if again := phone.TryListen(); again.Response.StatusCode != 204 {
			t.Errorf("GET /auth/events of an ended session = %d, want 204, which tells the browser not to try again", again.Response.StatusCode)
		}
	})
}

func TestTheStreamTellsOfAChange(t *testing.T) {
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	l := b.Listen()
	user, _, _ := w.Database.UserByEmail(t.Context(), "ada@example.com")
	name := "Ada King"
	if err := w.Users.EditUser(t.Context(), user.ID, accounts.Edit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	l.Tells("the change")
	if got := b.Get("/auth/session").Text; !strings.Contains(got, name) {
		t.Errorf("the session is %s after the news, want the new name", got)
	}
}

func TestTheStreamIsForWhoIsSignedIn(t *testing.T) {
	w := webtest.OnMemory(t)
	if got := w.Browser().TryListen().Response; got.StatusCode != 204 || len(got.Cookies()) != 0 {
		t.Errorf("GET /auth/events of a guest = %d and %d cookies, want 204 and none", got.StatusCode, len(got.Cookies()))
	}
	b := w.SignUp("ada@example.com")
	w.Wait(6 * time.Minute) // a renewal is due, but opening a stream is nobody's activity
	l := b.Listen()
	if n := len(l.Response.Cookies()); n != 0 {
		t.Errorf("opening the stream sets %d cookies, want none", n)
	}
	if got := l.Response.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("the stream's Cache-Control is %q, want no-store", got)
	}
	if got := b.Do("HEAD", "/auth/events", "", ""); got.StatusCode != 400 {
		t.Errorf("HEAD /auth/events = %d, want 400 and not an open answer", got.StatusCode)
	}
}

func TestTheStreamEndsWithTheSession(t *testing.T) {
	w := webtest.New(t, webtest.NewMemory(), "database")
	w.Auth.MaxAge = 24 * time.Hour
	b := w.SignUp("ada@example.com")
	w.Wait(24*time.Hour - time.Second) // a second is left
	b.Listen().Ends("the session's expiry")
	if again := b.TryListen(); again.Response.StatusCode != 204 {
		t.Errorf("GET /auth/events after the expiry = %d, want 204", again.Response.StatusCode)
	}
}

func TestStreamsEndWhenTheProgramStops(t *testing.T) { // PR-2
	w := webtest.OnMemory(t)
	stop := make(chan struct{})
	w.Web.Stopping = stop
	w.Deploy()
	l := w.SignUp("ada@example.com").Listen()
	close(stop)
	l.Ends("the stop")
}

func TestStreamsAreBounded(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Auth.Watches, w.Auth.WatchesPerUser = 3, 2
	w.Deploy()
	ada, bob := w.SignUp("ada@example.com"), w.SignUp("bob@example.com")
	closing := ada.Listen()
	ada.Listen()
	if got := ada.TryListen().Response; got.StatusCode != 429 || got.Header.Get("Retry-After") == "" {
		t.Errorf("one stream more than a user may have = %d, Retry-After %q, want 429 and a time", got.StatusCode, got.Header.Get("Retry-After"))
	}
	bob.Listen()
	if got := w.SignUp("eve@example.com").TryListen().Response; got.StatusCode != 429 {
		t.Errorf("one stream more than all may have = %d, want 429", got.StatusCode)
	}
	closing.Response.Body.Close()
	for deadline := time.Now().Add(20 * time.Second); w.Service.Watches() > 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d streams are open after one was closed, want 2", w.Service.Watches())
		}
	}
	ada.Listen()
}

func TestPushCanBeTurnedOff(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Web.Push = false
	w.Deploy()
	b := w.SignUp("ada@example.com")
	b.Get("/auth/events").Shows(400)
	b.Get("/dashboard").Shows(200, `data-push="false"`)
}

func TestDuringAnOutageTheStreamIsRefused(t *testing.T) {
	db := webtest.NewMemory()
	w := webtest.New(t, db, "jwt")
	b := w.SignUp("ada@example.com")
	db.Down(true)
	w.Wait(6 * time.Minute)
	if got := b.TryListen().Response; got.StatusCode != 503 {
		t.Errorf("GET /auth/events during an outage = %d, want 503", got.StatusCode)
	}
}
