package authtest

import (
	"testing"
	"time"

	"latchkey/internal/auth"
)

func renewalMoves(t *testing.T, f *fixture) { // SE-5
	s := f.login(f.user(), noon)
	for _, step := range []struct {
		now, ask, want time.Time
	}{
		{at(30 * time.Minute), at(90 * time.Minute), at(90 * time.Minute)},
		{at(80 * time.Minute), at(40 * time.Hour), s.AbsoluteExpiresAt},
		{at(90 * time.Minute), at(3 * time.Hour), at(3 * time.Hour)}, // a shorter lifetime may have been configured
		{at(2 * time.Hour), at(4 * time.Hour).Add(1999 * time.Microsecond), at(4 * time.Hour).Add(time.Millisecond)},
	} {
		got, err := f.store.Renew(t.Context(), auth.Key{ID: s.ID}, auth.Renewal{Now: step.now, ExpiresAt: step.ask})
		f.ok(err)
		want := s
		want.LastSeenAt, want.ExpiresAt = step.now, step.want
		f.wantEqual("Renew", got, want)
		f.wantEqual("Find after Renew", f.find(s.ID), want)
	}
}

func renewalReplacesHash(t *testing.T, f *fixture) {
	u := f.user()
	s, other := f.login(u, noon), f.login(u, noon)
	jwt := f.fresh(u, noon)
	jwt.TokenHash = nil
	f.write(jwt)

	renew := func(key auth.Key, hash []byte) (auth.Session, error) {
		return f.store.Renew(t.Context(), key, auth.Renewal{Now: at(time.Minute), ExpiresAt: at(time.Hour), TokenHash: hash})
	}
	for _, keep := range [][]byte{nil, {}} {
		got, err := renew(auth.Key{TokenHash: s.TokenHash}, keep)
		f.ok(err)
		f.wantEqual("token hash after a renewal without one", got.TokenHash, s.TokenHash)
	}
	got, err := renew(auth.Key{TokenHash: s.TokenHash}, []byte("successor"))
	f.ok(err)
	f.wantEqual("token hash after its replacement", got.TokenHash, []byte("successor"))
	_, err = f.store.Find(t.Context(), auth.Key{TokenHash: s.TokenHash})
	f.wantError("Find(replaced token hash)", err, auth.ErrNotFound)
	_, err = renew(auth.Key{TokenHash: s.TokenHash}, nil)
	f.wantError("Renew(replaced token hash)", err, auth.ErrNotFound)

	got, err = renew(auth.Key{ID: jwt.ID}, []byte("first token"))
	f.ok(err)
	f.wantEqual("token hash of a JWT's session that moves to a token", got.TokenHash, []byte("first token"))
	if _, err := renew(auth.Key{ID: jwt.ID}, other.TokenHash); err == nil {
		t.Error("Renew gave two sessions the same token hash")
	}
	f.wantEqual("token hash of the other session", f.find(other.ID).TokenHash, other.TokenHash)
}

func renewalNeedsLife(t *testing.T, f *fixture) { // SE-7
	u := f.user()
	ended, idle, old := f.login(u, noon), f.login(u, noon), f.fresh(u, noon)
	old.ExpiresAt, old.AbsoluteExpiresAt = at(2*time.Hour), at(time.Hour)
	f.write(old)
	_, err := f.store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: ended.ID}, auth.SignedOut, at(time.Minute))
	f.ok(err)
	for _, c := range []struct {
		name string
		s    auth.Session
		now  time.Time
	}{
		{"an ended session", ended, at(time.Minute)},
		{"a session ended later than now", ended, at(time.Second)},
		{"a session at the moment it expires", idle, idle.ExpiresAt},
		{"a session at its absolute expiry", old, old.AbsoluteExpiresAt},
	} {
		for _, key := range []auth.Key{{ID: c.s.ID}, {TokenHash: c.s.TokenHash}} {
			before := f.find(c.s.ID)
			_, err := f.store.Renew(t.Context(), key, auth.Renewal{Now: c.now, ExpiresAt: at(50 * time.Hour), TokenHash: []byte("new")})
			f.wantError("Renew of "+c.name, err, auth.ErrNotFound)
			f.wantEqual(c.name+" after Renew", f.find(c.s.ID), before)
		}
	}
	for _, key := range []auth.Key{{}, {ID: "unknown"}, {TokenHash: []byte("unknown")}} {
		_, err := f.store.Renew(t.Context(), key, auth.Renewal{Now: noon, ExpiresAt: at(time.Hour)})
		f.wantError("Renew("+key.String()+")", err, auth.ErrNotFound)
	}
	almost := idle.ExpiresAt.Add(-time.Millisecond)
	_, err = f.store.Renew(t.Context(), auth.Key{ID: idle.ID}, auth.Renewal{Now: almost, ExpiresAt: almost.Add(time.Hour)})
	f.ok(err)
}
