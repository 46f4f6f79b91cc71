package mailtest

import (
	"context"
	"testing"
	"time"

	"latchkey/internal/mail"
)

func listed(t *testing.T, two Two) {
	s := two[0]
	add(t, s, "a", "b", "c")
	put(t, s, mail.Queued{ID: "eve", To: "eve@example.com", Sealed: "x", At: noon.Add(time.Hour)})
	for _, tt := range []struct {
		to            string
		limit, offset int
		want          []string
	}{
		{"", 9, 0, []string{"eve", "c", "b", "a"}}, {"ada@example.com", 9, 0, []string{"c", "b", "a"}}, {"ada@example.com", 2, 0, []string{"c", "b"}},
		{"ada@example.com", 2, 2, []string{"a"}}, {"nobody@example.com", 9, 0, nil},
	} {
		got, err := s.ListMail(t.Context(), tt.to, tt.limit, tt.offset)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "to "+tt.to, ids(got), tt.want...)
	}
}

func found(t *testing.T, two Two) {
	add(t, two[0], "a")
	want := mail.Queued{ID: "a", To: "ada@example.com", Sealed: "sealed a", At: noon, NextTry: noon}
	if got, ok, err := two[1].FindMail(t.Context(), "a"); got != want || !ok || err != nil {
		t.Errorf("FindMail = %+v, %v, %v, want %+v", got, ok, err, want)
	}
	if got, ok, err := two[1].FindMail(t.Context(), "b"); ok || err != nil {
		t.Errorf("FindMail of none = %+v, %v, %v, want none", got, ok, err)
	}
}

func collected(t *testing.T, two Two) {
	s := two[0]
	add(t, s, "old waiting")
	for i, id := range []string{"old", "second", "third", "fourth"} {
		put(t, s, mail.Queued{ID: id, To: "ada@example.com", Sealed: "x", At: noon.Add(time.Duration(i) * time.Hour)})
	}
	put(t, s, mail.Queued{ID: "waiting", To: "ada@example.com", Sealed: "x", At: noon.Add(time.Hour), NextTry: noon})
	if n, err := s.CollectMail(t.Context(), noon.Add(time.Minute), 2); n != 3 || err != nil {
		t.Errorf("CollectMail = %d, %v, want 3", n, err)
	}
	left, err := s.ListMail(t.Context(), "", 9, 0)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "left", sorted(left), "fourth", "third", "waiting")
}

func cancelled(t *testing.T, two Two) {
	s := two[0]
	add(t, s, "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.AddMail(ctx, mail.Queued{ID: "b", To: "ada@example.com", Sealed: "x", At: noon, NextTry: noon}); err == nil {
		t.Error("AddMail succeeds for a caller who has given up")
	}
	if got, err := s.ClaimMail(ctx, noon, noon.Add(lease), 9); err == nil {
		t.Errorf("ClaimMail = %v for a caller who has given up", got)
	}
	if err := s.MailDone(ctx, "a", false); err == nil {
		t.Error("MailDone succeeds for a caller who has given up")
	}
	want(t, "afterwards", claim(t, s, noon, 9), "a")
}
