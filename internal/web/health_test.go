package web_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/web"
	"latchkey/internal/web/webtest"
)

func TestReadySaysWhatTheDatabaseDoesWithout(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Browser().Get("/readyz").Shows(200, `{"status":"ready"}`)
	w.Web.Notes = func() []string { return []string{"the database refuses notifications"} }
	w.Deploy()
	w.Browser().Get("/readyz").Shows(200, `{"notes":["the database refuses notifications"],"status":"ready"}`)
}

func TestReadySaysWhichPartIsNot(t *testing.T) {
	secret := "password=hunter2"
	for _, c := range []struct {
		err  error
		age  time.Duration
		want []string
	}{
		{nil, 5 * time.Second, nil},
		{fmt.Errorf("%w: %s", auth.ErrUnavailable, secret), time.Second, []string{"database"}},
		{fmt.Errorf("ready: %w", auth.ErrNotMigrated), time.Second, []string{"migrations"}},
		{nil, time.Minute, []string{"endings"}},
		{fmt.Errorf("%w: %s", auth.ErrUnavailable, secret), time.Minute, []string{"database", "endings"}},
	} {
		if got := slices.Sorted(maps.Keys(web.NotReady(c.err, c.age))); !slices.Equal(got, c.want) {
			t.Errorf("with the error %v and endings %v old these parts are not ready: %q, want %q", c.err, c.age, got, c.want)
		}
	}

	w := webtest.OnMemory(t)
	var err error
	w.Web.Ready = func(context.Context) error { return err }
	w.Deploy()
	err = fmt.Errorf("ready: %w", auth.ErrNotMigrated)
	w.Browser().Get("/readyz").Shows(503, `"status":"not ready"`, `"migrations":`).Lacks(`"database":`, `"endings":`)
	err = fmt.Errorf("%w: %s", auth.ErrUnavailable, secret)
	w.Browser().Get("/readyz").Shows(503, `"database":`).Lacks("hunter2")
}

// An instance that hears nothing of what ends says so, although its database answers.
func TestAnInstanceKnowsThatItIsOutOfStep(t *testing.T) {
	t.Parallel()
	db := webtest.Hold(webtest.NewMemory())
	w := webtest.New(t, db, "jwt")
	if age := w.Service.EndingsAge(); age > 10*time.Second {
		t.Errorf("a new instance has heard of endings %v ago, want just now", age)
	}
	db.Deaf(true)
	before := w.Service.EndingsAge()
	for deadline := time.Now().Add(20 * time.Second); w.Service.EndingsAge() < 4*time.Second; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the age of the view went from %v to %v in 20 s in which nothing could be heard, want it to grow", before, w.Service.EndingsAge())
		}
	}
	db.Deaf(false)
	for deadline := time.Now().Add(20 * time.Second); w.Service.EndingsAge() > 2*time.Second; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the view is %v old 20 s after it could hear again", w.Service.EndingsAge())
		}
	}
}
