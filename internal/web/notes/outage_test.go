package notes_test

import (
	"context"
	"database/sql"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"latchkey/internal/auth"
	"latchkey/internal/web/notes"
	"latchkey/internal/web/webtest"
)

// away is a store that can be out of reach, while that of the sessions is not.
type away struct {
	notes.Store
	down atomic.Bool
}

func (a *away) err() error {
	if a.down.Load() {
		return auth.ErrUnavailable
	}
	return nil
}

func (a *away) Create(ctx context.Context, n notes.Note) error {
	if err := a.err(); err != nil {
		return err
	}
	return a.Store.Create(ctx, n)
}

func (a *away) Get(ctx context.Context, userID, id string) (notes.Note, error) {
	if err := a.err(); err != nil {
		return notes.Note{}, err
	}
	return a.Store.Get(ctx, userID, id)
}

func (a *away) List(ctx context.Context, userID string, offset, limit int) ([]notes.Note, int, error) {
	if err := a.err(); err != nil {
		return nil, 0, err
	}
	return a.Store.List(ctx, userID, offset, limit)
}

func (a *away) Update(ctx context.Context, n notes.Note) error {
	if err := a.err(); err != nil {
		return err
	}
	return a.Store.Update(ctx, n)
}

func (a *away) Delete(ctx context.Context, userID, id string) error {
	if err := a.err(); err != nil {
		return err
	}
	return a.Store.Delete(ctx, userID, id)
}

// In an outage each page says so; nobody is signed out, and no note is taken for a
// deleted one. Afterwards everything is as it was.
func TestNotesInAnOutage(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		store := &away{Store: notes.Open(s.Database)}
		s.Web.Store = store
		s.Deploy()
		ada := s.SignUp(webtest.Email(t))
		path := write(ada, "Milk", "")
		store.down.Store(true)
		for _, page := range []string{"/notes", path, path + "/edit"} {
			if got := ada.Get(page).Shows(503); got.Header.Get("Retry-After") == "" {
				t.Errorf("GET %s in an outage does not say when to come back", page)
			}
		}
		ada.Get("/notes/new").Shows(200)
		for _, form := range []string{"/notes", path, path + "/delete"} {
			ada.Post(form, "title", "Bread", "version", "1").Shows(503)
		}
		store.down.Store(false)
		ada.Get("/notes").Shows(200, "Milk").Lacks("Bread")
	})
}

// A database that keeps a change waiting is an outage in time, and the change is not
// made later.
func TestAChangeThatTheDatabaseKeepsWaiting(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		ada := s.SignUp(webtest.Email(t))
		path := write(ada, "Milk", "")
		s.Web.MaxTime = time.Second
		s.Deploy()
		ada.Get(path).Shows(200)
		release := lock(t, s.Database)
		got := ada.Post(path, "title", "Bread", "version", "1")
		release()
		got.Shows(503)
		ada.Get(path).Shows(200, "Milk").Lacks("Bread")
		ada.Post(path, "title", "Bread", "version", "1").RedirectsTo(path).Shows(200, "Bread")
	})
}

// lock keeps others from writing notes until it is released.
func lock(t *testing.T, db webtest.Database) (release func()) {
	t.Helper()
	ctx := t.Context()
	switch db := db.(type) {
	case interface{ Pool() *pgxpool.Pool }:
		tx, err := db.Pool().Begin(ctx)
		if err == nil {
			_, err = tx.Exec(ctx, "LOCK TABLE notes IN SHARE MODE")
		}
		if err != nil {
			t.Fatal(err)
		}
		return func() { tx.Rollback(ctx) }
	case interface{ Writer() *sql.DB }:
		tx, err := db.Writer().BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		return func() { tx.Rollback() }
	}
	t.Fatalf("no lock is known for %T", db)
	return nil
}
