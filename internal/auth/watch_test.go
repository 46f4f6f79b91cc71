package auth_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
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
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		phone, laptop := w.Login(w.A), w.Login(w.A)
		onPhone, err := w.A.Watch(t.Context(), phone.Session)
		if err != nil {
			t.Fatal(err)
		}
		onLaptop, err := w.A.Watch(t.Context(), laptop.Session)
		if err != nil {
			t.Fatal(err)
		}
		if rings(onPhone) || rings(onLaptop) {
			t.Error("a watch rings before anything has happened")
		}
		if _, err := w.A.End(t.Context(), auth.Selector{UserID: phone.Session.User.ID, SessionID: phone.Session.ID}, auth.ReasonDevice); err != nil {
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
	w := authtest.NewWorld(t, "jwt")
	b := w.Instance()
	issued := w.Login(w.A)
	news, err := b.Watch(t.Context(), issued.Session)
	if err != nil {
		t.Fatal(err)
	}
	w.Wait(time.Second)
	w.ChangeUser(w.A, "ada", func(u *auth.User) { u.Name = "Ada King" })
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
		w.Wait(time.Second)
		w.A.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.ReasonEverywhere)
	}
}

// The request was authenticated, then the session ended, then the watch began.
func TestAWatchThatBeginsTooLateRingsAtOnce(t *testing.T) {
	w := authtest.NewWorld(t, "jwt")
	issued := w.Login(w.A)
	w.Want(w.A, issued.Cookie, authtest.Look, auth.StateOK, "")
	w.A.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.ReasonEverywhere)
	news, err := w.A.Watch(t.Context(), issued.Session)
	if err != nil || !rings(news) {
		t.Errorf("Watch of a session that has ended = %v and does not ring, want it to", err)
	}
}

func TestWatchesAreBoundedAndEndWithTheirContext(t *testing.T) {
	w := authtest.NewWorld(t, "jwt")
	w.Cfg.Watches, w.Cfg.WatchesPerUser = 3, 2
	a := w.Instance()
	ada := w.Login(a).Session
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
