package mailtest

import (
	"slices"
	"testing"
	"time"

	"latchkey/internal/mail"
)

// Two are two instances' stores on one database, which is empty. Where a database is one
// process's alone they are the same.
type Two [2]mail.Store

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

const lease = time.Minute

// add writes mails; the first is at noon, each next one a second later.
func add(t *testing.T, s mail.Store, ids ...string) {
	t.Helper()
	for i, id := range ids {
		at := noon.Add(time.Duration(i) * time.Second)
		put(t, s, mail.Queued{ID: id, To: "ada@example.com", Sealed: "sealed " + id, At: at, NextTry: at})
	}
}

func put(t *testing.T, s mail.Store, q mail.Queued) {
	t.Helper()
	if err := s.AddMail(t.Context(), q); err != nil {
		t.Fatal(err)
	}
}

// claim returns the ids of what is claimed, sorted.
func claim(t *testing.T, s mail.Store, now time.Time, limit int) []string {
	t.Helper()
	got, err := s.ClaimMail(t.Context(), now, now.Add(lease), limit)
	if err != nil {
		t.Fatal(err)
	}
	return sorted(got)
}

func sorted(mails []mail.Queued) []string {
	got := ids(mails)
	slices.Sort(got)
	return got
}

func ids(mails []mail.Queued) (ids []string) {
	for _, q := range mails {
		ids = append(ids, q.ID)
	}
	return ids
}

func want(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}
