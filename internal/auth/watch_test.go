package auth_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"latchkey/internal/auth"
)

// rings reports whether there is news on the channel.
func rings(news <-chan struct{}) bool {
	select {
	case <-news:
		return true
	default:
		return false
	}
}

func TestAWatchRingsForItsOwnSession(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		phone, laptop := w.login(w.a), w.login(w.a)
		onPhone, err := w.a.Watch(t.Context(), phone.Session)
		if err != nil {
			t.Fatal(err)
		}
		onLaptop, err := w.a.Watch(t.Context(), laptop.Session)
		if err != nil {
			t.Fatal(err)
		}
		if rings(onPhone) || rings(onLaptop) {
			t.Error("a watch rings before anything has happened")
		}
		if _, err := w.a.End(t.Context(), auth.Selector{UserID: phone.Session.User.ID, SessionID: phone.Session.ID}, auth.Device); err != nil {
			t.Fatal(err)
		}
		if !rings(onPhone) {
			t.Error("the watch does not ring when its session ends")
		}
		if rings(onLaptop) {
			t.Error("the watch rings for another session")
		}
	})
}

func TestAWatchHearsOfEndingsElsewhereAndOfChanges(t *testing.T) {
	w := newWorld(t, "jwt")
	b := w.instance()
	issued := w.login(w.a)
	news, err := b.Watch(t.Context(), issued.Session)
	if err != nil {
		t.Fatal(err)
	}
	w.wait(time.Second)
	name := "Ada King"
	if err := w.a.EditUser(t.Context(), issued.Session.User.ID, auth.Edit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"a change", "an ending"} {
		if rings(news) {
			t.Errorf("the watch rings before the instance has heard of %s", what)
		}
		if err := b.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !rings(news) {
			t.Errorf("the watch does not ring for %s that another instance made", what)
		}
		b.Sync(t.Context())
		if rings(news) {
			t.Errorf("the watch rings for %s twice, which is known already", what)
		}
		w.wait(time.Second)
		w.a.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.Everywhere)
	}
}

// The request was authenticated, then the session ended, then the watch began.
func TestAWatchThatBeginsTooLateRingsAtOnce(t *testing.T) {
	w := newWorld(t, "jwt")
	issued := w.login(w.a)
	w.want(w.a, issued.Cookie, look, auth.OK, "")
	w.a.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.Everywhere)
	news, err := w.a.Watch(t.Context(), issued.Session)
	if err != nil || !rings(news) {
		t.Errorf("Watch of a session that has ended = %v and does not ring, want it to", err)
	}
}

func TestWatchesAreBoundedAndEndWithTheirContext(t *testing.T) {
	w := newWorld(t, "jwt")
	w.cfg.Watches, w.cfg.WatchesPerUser = 3, 2
	a := w.instance()
	ada := w.login(a).Session
	other := auth.Session{ID: "another session", User: auth.User{ID: "another user"}}
	ctx, cancel := context.WithCancel(t.Context())
	for range 2 {
		if _, err := a.Watch(ctx, ada); err != nil {
			t.Fatalf("Watch = %v, want it allowed", err)
		}
	}
	if _, err := a.Watch(t.Context(), ada); !errors.Is(err, auth.ErrTooManyWatches) {
		t.Errorf("the third watch of a user = %v, want ErrTooManyWatches", err)
	}
	if _, err := a.Watch(t.Context(), other); err != nil {
		t.Errorf("another user's watch = %v, want it allowed", err)
	}
	if _, err := a.Watch(t.Context(), auth.Session{ID: "third", User: auth.User{ID: "third"}}); !errors.Is(err, auth.ErrTooManyWatches) {
		t.Errorf("the fourth watch of all = %v, want ErrTooManyWatches", err)
	}
	cancel()
	for deadline := time.Now().Add(10 * time.Second); a.Watches() != 1; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d watches are open after two have ended, want 1", a.Watches())
		}
	}
	if _, err := a.Watch(t.Context(), ada); err != nil {
		t.Errorf("Watch after others have ended = %v, want it allowed", err)
	}
}
