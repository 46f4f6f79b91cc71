package authtest

import (
	"fmt"
	"testing"
	"time"

	"latchkey/internal/auth"
)

func renewalMoves(t *testing.T, f *Fixture) { // SE-5
	s := f.Login(f.User(), Noon)
	for _, step := range []struct {
		now, ask, want time.Time
	}{
		{At(30 * time.Minute), At(90 * time.Minute), At(90 * time.Minute)},
		{At(80 * time.Minute), At(40 * time.Hour), s.AbsoluteExpiresAt},
		{At(90 * time.Minute), At(3 * time.Hour), At(3 * time.Hour)}, // a shorter lifetime may have been configured
		{At(2 * time.Hour), At(4 * time.Hour).Add(1999 * time.Microsecond), At(4 * time.Hour).Add(time.Millisecond)},
	} {
		got, err := f.Store.Renew(t.Context(), auth.Key{ID: s.ID}, auth.Renewal{Now: step.now, ExpiresAt: step.ask})
		f.Ok(err)
		want := s
		want.LastSeenAt, want.ExpiresAt = step.now, step.want
		f.WantEqual("Renew", got, want)
		f.WantEqual("Find after Renew", f.Find(s.ID), want)
	}
}

func renewalReplacesHash(t *testing.T, f *Fixture) {
	u := f.User()
	s, other := f.Login(u, Noon), f.Login(u, Noon)
	jwt := f.Fresh(u, Noon)
	jwt.TokenHash = nil
	f.Write(jwt)

	renew := func(key auth.Key, hash []byte) (auth.Session, error) {
		return f.Store.Renew(t.Context(), key, auth.Renewal{Now: At(time.Minute), ExpiresAt: At(time.Hour), TokenHash: hash})
	}
	for _, keep := range [][]byte{nil, {}} {
		got, err := renew(auth.Key{TokenHash: s.TokenHash}, keep)
		f.Ok(err)
		f.WantEqual("token hash after a renewal without one", got.TokenHash, s.TokenHash)
	}
	got, err := renew(auth.Key{TokenHash: s.TokenHash}, []byte("successor"))
	f.Ok(err)
	f.WantEqual("token hash after its replacement", got.TokenHash, []byte("successor"))
	_, err = f.Store.Find(t.Context(), auth.Key{TokenHash: s.TokenHash})
	f.WantError("Find(replaced token hash)", err, auth.ErrNotFound)
	_, err = renew(auth.Key{TokenHash: s.TokenHash}, nil)
	f.WantError("Renew(replaced token hash)", err, auth.ErrNotFound)

	got, err = renew(auth.Key{ID: jwt.ID}, []byte("first token"))
	f.Ok(err)
	f.WantEqual("token hash of a JWT's session that moves to a token", got.TokenHash, []byte("first token"))
	if _, err := renew(auth.Key{ID: jwt.ID}, other.TokenHash); err == nil {
		t.Error("Renew gave two sessions the same token hash")
	}
	f.WantEqual("token hash of the other session", f.Find(other.ID).TokenHash, other.TokenHash)
}

func renewalNeedsLife(t *testing.T, f *Fixture) { // SE-7
	u := f.User()
	ended, idle, old := f.Login(u, Noon), f.Login(u, Noon), f.Fresh(u, Noon)
	old.ExpiresAt, old.AbsoluteExpiresAt = At(2*time.Hour), At(time.Hour)
	f.Write(old)
	_, err := f.Store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: ended.ID}, auth.ReasonSignedOut, At(time.Minute))
	f.Ok(err)
	for _, c := range []struct {
		name string
		s    auth.Session
		now  time.Time
	}{
		{"an ended session", ended, At(time.Minute)},
		{"a session ended later than now", ended, At(time.Second)},
		{"a session at the moment it expires", idle, idle.ExpiresAt},
		{"a session at its absolute expiry", old, old.AbsoluteExpiresAt},
	} {
		for _, key := range []auth.Key{{ID: c.s.ID}, {TokenHash: c.s.TokenHash}} {
			before := f.Find(c.s.ID)
			_, err := f.Store.Renew(t.Context(), key, auth.Renewal{Now: c.now, ExpiresAt: At(50 * time.Hour), TokenHash: []byte("new")})
			f.WantError("Renew of "+c.name, err, auth.ErrNotFound)
			f.WantEqual(c.name+" after Renew", f.Find(c.s.ID), before)
		}
	}
	for _, key := range []auth.Key{{}, {ID: "unknown"}, {TokenHash: []byte("unknown")}} {
		_, err := f.Store.Renew(t.Context(), key, auth.Renewal{Now: Noon, ExpiresAt: At(time.Hour)})
		f.WantError(fmt.Sprintf("Renew(%q)", key), err, auth.ErrNotFound)
	}
	almost := idle.ExpiresAt.Add(-time.Millisecond)
	_, err = f.Store.Renew(t.Context(), auth.Key{ID: idle.ID}, auth.Renewal{Now: almost, ExpiresAt: almost.Add(time.Hour)})
	f.Ok(err)
}
