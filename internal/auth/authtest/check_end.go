package authtest

import (
	"testing"
	"time"

	"latchkey/internal/auth"
)

func endingSelects(t *testing.T, f *Fixture) { // SE-6, SE-8
	now := At(time.Minute)
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
			return auth.Selector{UserID: f.User().ID, SessionID: s[1].ID}
		}, nil},
		{"all of nobody", func(auth.User, []auth.Session) auth.Selector { return auth.Selector{UserID: "nobody"} }, nil},
		{"all without saying whose", func(auth.User, []auth.Session) auth.Selector { return auth.Selector{} }, nil},
	} {
		u, bystander := f.User(), f.User()
		s := []auth.Session{f.Login(u, At(1*time.Millisecond)), f.Login(u, At(2*time.Millisecond)), f.Login(u, At(3*time.Millisecond))}
		other := f.Login(bystander, Noon)

		got, err := f.Store.End(t.Context(), c.sel(u, s), auth.ReasonEverywhere, now)
		f.Ok(err)
		left := map[string]auth.Session{s[0].ID: s[0], s[1].ID: s[1], s[2].ID: s[2]}
		var want []auth.Change
		for _, i := range c.want {
			want = append(want, ended(s[i], now, auth.ReasonEverywhere))
			delete(left, s[i].ID)
		}
		f.WantChanges("End("+c.name+")", got, want...)
		f.WantEqual("number left live by End("+c.name+")", len(f.Live(u, now)), len(left))
		f.WantLive(bystander, now, other)
	}
}

func endingIsFinal(t *testing.T, f *Fixture) {
	u := f.User()
	s := f.Login(u, Noon)
	one := auth.Selector{UserID: u.ID, SessionID: s.ID}
	changes, err := f.Store.End(t.Context(), one, auth.ReasonSignedOut, At(time.Minute))
	f.Ok(err)
	f.WantChanges("first End", changes, ended(s, At(time.Minute), auth.ReasonSignedOut))
	for _, again := range []auth.Selector{one, {UserID: u.ID}} {
		changes, err := f.Store.End(t.Context(), again, auth.ReasonAdmin, At(time.Hour))
		f.Ok(err)
		f.WantChanges("second End", changes)
	}
	want := s
	want.EndedAt, want.EndReason = At(time.Minute), auth.ReasonSignedOut
	f.WantEqual("Find(id of an ended session)", f.Find(s.ID), want)
	got, err := f.Store.Find(t.Context(), auth.Key{TokenHash: s.TokenHash})
	f.Ok(err)
	f.WantEqual("Find(token hash of an ended session)", got, want)

	// What only expired has not ended: it can be, and then says why.
	idle := f.Login(u, Noon)
	changes, err = f.Store.End(t.Context(), auth.Selector{UserID: u.ID}, auth.ReasonEverywhere, At(2*time.Hour))
	f.Ok(err)
	f.WantChanges("End of an expired session", changes, ended(idle, At(2*time.Hour), auth.ReasonEverywhere))
}
