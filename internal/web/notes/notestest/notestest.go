// Package notestest says what every store of notes must do, as tests, and has one in
// memory that does it.
package notestest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"latchkey/internal/web/notes"
)

// Run checks a store that has the users ada and bob, and no notes of theirs. open
// returns one that is closed when its test ends.
func Run(t *testing.T, open func(t *testing.T) notes.Store) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, notes.Store)
	}{
		{"a note is found as it was written", found},
		{"another user's note is not there", othersAreNotThere},
		{"notes come by their latest change, in pages", listed},
		{"a change is written once, and noticed", changed},
		{"of two changes of one version one is written", changesRace},
		{"a note is deleted", deleted},
		{"a cancelled call fails and does nothing", cancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// note is the n-th of a user, a minute after the one before.
func note(userID string, n int) notes.Note {
	at := start.Add(time.Duration(n) * time.Minute)
	return notes.Note{ID: fmt.Sprint(userID, "-", n), UserID: userID, Title: fmt.Sprint("Title ", n), Body: "Text\nof two lines <b> 日本", Version: 1, CreatedAt: at, UpdatedAt: at}
}

func create(t *testing.T, s notes.Store, list ...notes.Note) {
	t.Helper()
	for _, n := range list {
		if err := s.Create(t.Context(), n); err != nil {
			t.Fatalf("Create(%s) = %v", n.ID, err)
		}
	}
}

func found(t *testing.T, s notes.Store) {
	want := note("ada", 1)
	create(t, s, want, notes.Note{ID: "bare", UserID: "ada", Title: "Bare", Version: 1, CreatedAt: start, UpdatedAt: start})
	if got, err := s.Get(t.Context(), "ada", want.ID); err != nil || !same(got, want) {
		t.Errorf("Get = %+v, %v, want %+v", got, err, want)
	}
	fine := note("ada", 2)
	fine.CreatedAt, fine.UpdatedAt = fine.CreatedAt.Add(1_999_999), fine.UpdatedAt.Add(1_999_999) // nanoseconds
	create(t, s, fine)
	fine.CreatedAt, fine.UpdatedAt = fine.CreatedAt.Truncate(time.Millisecond), fine.UpdatedAt.Truncate(time.Millisecond)
	if got, err := s.Get(t.Context(), "ada", fine.ID); err != nil || !same(got, fine) {
		t.Errorf("Get = %+v, %v, want the times in milliseconds: %+v", got, err, fine)
	}
	if _, err := s.Get(t.Context(), "ada", "nothing"); !errors.Is(err, notes.ErrNotFound) {
		t.Errorf("Get(no such note) = %v, want ErrNotFound", err)
	}
}

func same(a, b notes.Note) bool {
	times := a.CreatedAt.Equal(b.CreatedAt) && a.UpdatedAt.Equal(b.UpdatedAt)
	a.CreatedAt, a.UpdatedAt, b.CreatedAt, b.UpdatedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	return times && a == b
}

func othersAreNotThere(t *testing.T, s notes.Store) {
	create(t, s, note("ada", 1))
	stolen := note("ada", 1)
	stolen.UserID, stolen.Title = "bob", "Bob's"
	_, err := s.Get(t.Context(), "bob", "ada-1")
	for what, err := range map[string]error{"Get": err, "Update": s.Update(t.Context(), stolen), "Delete": s.Delete(t.Context(), "bob", "ada-1")} {
		if !errors.Is(err, notes.ErrNotFound) {
			t.Errorf("%s of another user's note = %v, want ErrNotFound", what, err)
		}
	}
	if _, total, err := s.List(t.Context(), "bob", 0, 10); err != nil || total != 0 {
		t.Errorf("List = %d of Bob's notes, %v, want none", total, err)
	}
	if got, _ := s.Get(t.Context(), "ada", "ada-1"); !same(got, note("ada", 1)) {
		t.Errorf("the note is %+v, want it untouched", got)
	}
}

func listed(t *testing.T, s notes.Store) {
	create(t, s, note("bob", 1))
	for i := range 5 {
		create(t, s, note("ada", i))
	}
	latest := note("ada", 0)
	latest.UpdatedAt = start.Add(time.Hour)
	if err := s.Update(t.Context(), latest); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, offset := range []int{0, 2, 4, 6} {
		list, total, err := s.List(t.Context(), "ada", offset, 2)
		if err != nil || total != 5 {
			t.Fatalf("List = total %d, %v, want 5", total, err)
		}
		for _, n := range list {
			ids = append(ids, n.ID)
		}
	}
	if got, want := fmt.Sprint(ids), "[ada-0 ada-4 ada-3 ada-2 ada-1]"; got != want {
		t.Errorf("the pages list %s, want %s", got, want)
	}
}

func changed(t *testing.T, s notes.Store) {
	create(t, s, note("ada", 1))
	n := note("ada", 1)
	n.Title, n.Body, n.UpdatedAt = "New", "", start.Add(time.Hour)
	if err := s.Update(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), n); !errors.Is(err, notes.ErrChanged) {
		t.Errorf("a second Update of version 1 = %v, want ErrChanged", err)
	}
	n.Version = 2
	if got, err := s.Get(t.Context(), "ada", n.ID); err != nil || !same(got, n) {
		t.Errorf("Get = %+v, %v, want %+v", got, err, n)
	}
}

func changesRace(t *testing.T, s notes.Store) {
	create(t, s, note("ada", 1))
	var writing sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		writing.Go(func() {
			n := note("ada", 1)
			n.Title = fmt.Sprint("by ", i)
			errs[i] = s.Update(t.Context(), n)
		})
	}
	writing.Wait()
	written := 0
	for _, err := range errs {
		if err == nil {
			written++
		} else if !errors.Is(err, notes.ErrChanged) {
			t.Errorf("Update = %v, want ErrChanged", err)
		}
	}
	if written != 1 {
		t.Errorf("%d of 8 changes of one version were written, want 1", written)
	}
}

func deleted(t *testing.T, s notes.Store) {
	create(t, s, note("ada", 1), note("ada", 2))
	if err := s.Delete(t.Context(), "ada", "ada-1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "ada", "ada-1"); !errors.Is(err, notes.ErrNotFound) {
		t.Errorf("a second Delete = %v, want ErrNotFound", err)
	}
	if _, total, _ := s.List(t.Context(), "ada", 0, 10); total != 1 {
		t.Errorf("%d notes are left, want 1", total)
	}
}

func cancelled(t *testing.T, s notes.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Create(ctx, note("ada", 1)); err == nil {
		t.Error("Create with a cancelled context = nil, want an error")
	}
	if _, err := s.Get(t.Context(), "ada", "ada-1"); !errors.Is(err, notes.ErrNotFound) {
		t.Errorf("Get = %v, want ErrNotFound", err)
	}
}
