package authtest

import (
	"testing"
	"time"

	"latchkey/internal/auth"
)

func endingSelects(t *testing.T, f *fixture) { // SE-6, SE-8
	now := at(time.Minute)
	for _, c := range []struct {
		name string
		sel  func(u auth.User, s []auth.Session) auth.Selector
		want []int // which of the three end
	}{
		{"one", func(u auth.User, s []auth.Session) auth.Selector {
			return auth.Selector{UserID: u.ID, SessionID: s[1].ID}
		}, []int{1}},
		{"all but one", func(u auth.User, s []auth.Session) auth.Selector {
			return auth.Selector{UserID: u.ID, Except: s[1].ID}
		}, []int{0, 2}},
		{"all", func(u auth.User, s []auth.Session) auth.Selector { return auth.Selector{UserID: u.ID} }, []int{0, 1, 2}},
		{"one, except that one", func(u auth.User, s []auth.Session) auth.Selector {
			return auth.Selector{UserID: u.ID, SessionID: s[1].ID, Except: s[1].ID}
		}, nil},
		{"one of another user", func(_ auth.User, s []auth.Session) auth.Selector {
			return auth.Selector{UserID: f.user().ID, SessionID: s[1].ID}
		}, nil},
		{"all of nobody", func(auth.User, []auth.Session) auth.Selector { return auth.Selector{UserID: "nobody"} }, nil},
		{"all without saying whose", func(auth.User, []auth.Session) auth.Selector { return auth.Selector{} }, nil},
	} {
		u, bystander := f.user(), f.user()
		s := []auth.Session{f.login(u, at(1*time.Millisecond)), f.login(u, at(2*time.Millisecond)), f.login(u, at(3*time.Millisecond))}
		other := f.login(bystander, noon)

		got, err := f.store.End(t.Context(), c.sel(u, s), auth.Everywhere, now)
		f.ok(err)
		left := map[string]auth.Session{s[0].ID: s[0], s[1].ID: s[1], s[2].ID: s[2]}
		var want []auth.Change
		for _, i := range c.want {
			want = append(want, ended(s[i], now, auth.Everywhere))
			delete(left, s[i].ID)
		}
		f.wantChanges("End("+c.name+")", got, want...)
		live, err := f.store.Live(t.Context(), u.ID, now)
		f.ok(err)
		f.wantEqual("number left live by End("+c.name+")", len(live), len(left))
		f.wantLive(bystander, now, other)
	}
}

func endingIsFinal(t *testing.T, f *fixture) {
	u := f.user()
	s := f.login(u, noon)
	one := auth.Selector{UserID: u.ID, SessionID: s.ID}
	changes, err := f.store.End(t.Context(), one, auth.SignedOut, at(time.Minute))
	f.ok(err)
	f.wantChanges("first End", changes, ended(s, at(time.Minute), auth.SignedOut))
	for _, again := range []auth.Selector{one, {UserID: u.ID}} {
		changes, err := f.store.End(t.Context(), again, auth.Admin, at(time.Hour))
		f.ok(err)
		f.wantChanges("second End", changes)
	}
	want := s
	want.EndedAt, want.EndReason = at(time.Minute), auth.SignedOut
	f.wantEqual("Find(id of an ended session)", f.find(s.ID), want)
	got, err := f.store.Find(t.Context(), auth.Key{TokenHash: s.TokenHash})
	f.ok(err)
	f.wantEqual("Find(token hash of an ended session)", got, want)

	// What only expired has not ended: it can be, and then says why.
	idle := f.login(u, noon)
	changes, err = f.store.End(t.Context(), auth.Selector{UserID: u.ID}, auth.Everywhere, at(2*time.Hour))
	f.ok(err)
	f.wantChanges("End of an expired session", changes, ended(idle, at(2*time.Hour), auth.Everywhere))
}
