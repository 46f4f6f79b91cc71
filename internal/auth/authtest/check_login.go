package authtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"latchkey/internal/auth"
)

func loginWritesRow(t *testing.T, f *fixture) {
	u := f.user(func(u *auth.User) { u.Name, u.MaxSessions, u.EmailVerifiedAt = "Zoë 🔑", new(2), at(-time.Hour) })
	s := auth.Session{
		ID: "s1", User: u, TokenHash: []byte{0, 1, 0xff, 0},
		CreatedAt: at(1 * time.Millisecond), AuthenticatedAt: at(2 * time.Millisecond), LastSeenAt: at(3 * time.Millisecond),
		ExpiresAt: at(time.Hour), AbsoluteExpiresAt: at(999 * 24 * time.Hour), IP: "203.0.113.9", UserAgent: "Bröwser/2 ‘x’ \"y\"",
	}
	f.wantChanges("Begin", f.write(s))
	f.wantEqual("Find(id)", f.find(s.ID), s)
	byToken, err := f.store.Find(t.Context(), auth.Key{TokenHash: s.TokenHash})
	f.ok(err)
	f.wantEqual("Find(token hash)", byToken, s)
	live, err := f.store.Live(t.Context(), u.ID, at(time.Minute))
	f.ok(err)
	f.wantEqual("Live", live, []auth.Session{s})

	plain := f.fresh(u, noon.Add(1999999*time.Nanosecond).In(time.FixedZone("", -7200)))
	plain.IP, plain.UserAgent = "", ""
	f.write(plain)
	got := f.find(plain.ID)
	f.wantEqual("a time with nanoseconds, in another zone", got.CreatedAt, at(time.Millisecond))
	f.wantEqual("unknown client", got.IP+got.UserAgent, "")
}

func noTokenNoCollision(t *testing.T, f *fixture) {
	u := f.user()
	for _, hash := range [][]byte{nil, nil, {}, {}} {
		s := f.fresh(u, noon)
		s.TokenHash = hash
		f.write(s)
		if got := f.find(s.ID).TokenHash; len(got) != 0 {
			t.Errorf("token hash of a session without one = %q", got)
		}
	}
	for _, key := range []auth.Key{{}, {TokenHash: []byte{}}, {ID: "unknown"}, {TokenHash: []byte("unknown")}} {
		_, err := f.store.Find(t.Context(), key)
		f.wantError("Find("+key.String()+")", err, auth.ErrNotFound)
	}
}

func loginSeesLive(t *testing.T, f *fixture) {
	u, other := f.user(func(u *auth.User) { u.MaxSessions = new(5) }), f.user()
	now := at(3 * time.Hour)
	idle := f.login(u, at(0))
	old, recent := f.fresh(u, at(time.Hour)), f.fresh(u, at(2*time.Hour))
	old.ExpiresAt, recent.ExpiresAt = now.Add(time.Millisecond), now.Add(time.Hour)
	over := f.fresh(u, at(time.Minute))
	over.ExpiresAt, over.AbsoluteExpiresAt = at(9*time.Hour), now
	edge := f.fresh(u, at(2*time.Minute))
	edge.ExpiresAt = now
	signedOut := f.fresh(u, at(3*time.Minute))
	signedOut.ExpiresAt = at(9 * time.Hour)
	for _, s := range []auth.Session{recent, over, edge, signedOut, old} {
		f.write(s)
	}
	_, err := f.store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: signedOut.ID}, auth.SignedOut, at(time.Hour))
	f.ok(err)
	f.login(other, at(2*time.Hour))

	refused := errors.New("refused")
	_, err = f.store.Begin(t.Context(), u.ID, now, func(got auth.User, live []auth.Session) (auth.Plan, error) {
		f.wantEqual("the plan's user", got, u)
		f.wantEqual("the plan's sessions", live, []auth.Session{recent, old})
		return auth.Plan{}, refused
	})
	f.wantError("Begin", err, refused)
	f.wantLive(u, now, recent, old)
	// Seen from before they expired, all are live but the one that a login since has buried.
	f.wantLive(u, idle.ExpiresAt.Add(-time.Millisecond), recent, old, edge, over)
}

func planEnds(t *testing.T, f *fixture) {
	u, other := f.user(), f.user()
	a, b, c, foreign := f.login(u, at(1)), f.login(u, at(2)), f.login(u, at(3*time.Millisecond)), f.login(other, at(4))
	_, err := f.store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: b.ID}, auth.SignedOut, at(time.Second))
	f.ok(err)

	d := f.fresh(u, at(time.Minute))
	got := f.write(d, auth.Ending{SessionID: a.ID, Reason: auth.Limit}, auth.Ending{SessionID: b.ID, Reason: auth.Limit},
		auth.Ending{SessionID: foreign.ID, Reason: auth.Limit}, auth.Ending{SessionID: "unknown", Reason: auth.Replaced})
	f.wantChanges("Begin", got, ended(a, d.CreatedAt, auth.Limit))
	f.wantLive(u, d.CreatedAt, d, c)
	f.wantLive(other, d.CreatedAt, foreign)
	f.wantEqual("reason of one that had ended before", f.find(b.ID).EndReason, auth.SignedOut)
	tombstone := f.find(a.ID)
	f.wantEqual("reason of the evicted one", tombstone.EndReason, auth.Limit)
	f.wantEqual("end of the evicted one", tombstone.EndedAt, d.CreatedAt)
	f.wantEqual("user of the evicted one", tombstone.User.ID, u.ID)

	e := f.fresh(u, at(2*time.Minute))
	got = f.write(e, auth.Ending{SessionID: c.ID, Reason: auth.Replaced}, auth.Ending{SessionID: d.ID, Reason: auth.Limit})
	f.wantChanges("Begin", got, ended(c, e.CreatedAt, auth.Replaced), ended(d, e.CreatedAt, auth.Limit))
}

func planFails(t *testing.T, f *fixture) {
	u := f.user()
	a := f.login(u, noon)
	b := f.fresh(u, at(time.Minute))
	full := &auth.LimitError{Limit: 1}
	changes, err := f.store.Begin(t.Context(), u.ID, b.CreatedAt, func(auth.User, []auth.Session) (auth.Plan, error) {
		return auth.Plan{New: b, End: []auth.Ending{{SessionID: a.ID, Reason: auth.Limit}}}, full
	})
	if err != error(full) {
		t.Errorf("Begin = error %v, want the plan's own", err)
	}
	f.wantChanges("Begin", changes)
	f.wantLive(u, b.CreatedAt, a)
	_, err = f.store.Find(t.Context(), auth.Key{ID: b.ID})
	f.wantError("Find(refused login)", err, auth.ErrNotFound)
}

func loginRollsBack(t *testing.T, f *fixture) { // DB-3
	u := f.user()
	a := f.login(u, noon)
	sameID, sameToken := f.fresh(u, at(time.Minute)), f.fresh(u, at(time.Minute))
	sameID.ID, sameToken.TokenHash = a.ID, a.TokenHash
	for _, s := range []auth.Session{sameID, sameToken} {
		plan := auth.Plan{New: s, End: []auth.Ending{{SessionID: a.ID, Reason: auth.Replaced}}}
		changes, err := f.store.Begin(t.Context(), u.ID, s.CreatedAt, planOf(plan))
		if err == nil {
			t.Error("Begin with a taken id or token hash succeeded")
		}
		f.wantChanges("Begin that failed", changes)
		f.wantEqual("the session in the way", f.find(a.ID), a)
		f.wantLive(u, s.CreatedAt, a)
	}
}

func loginNeedsUser(t *testing.T, f *fixture) {
	u := f.user()
	for _, id := range []string{"nobody", ""} {
		_, err := f.store.Begin(t.Context(), id, noon, func(auth.User, []auth.Session) (auth.Plan, error) {
			t.Errorf("Begin(%q) called its plan", id)
			return auth.Plan{New: f.fresh(u, noon)}, nil
		})
		f.wantError("Begin("+id+")", err, auth.ErrNotFound)
	}
	f.wantLive(auth.User{}, noon)

	// Whoever the plan says it is for, the session is the locked user's.
	other := f.user()
	s := f.fresh(other, noon)
	_, err := f.store.Begin(t.Context(), u.ID, noon, planOf(auth.Plan{New: s}))
	f.ok(err)
	f.wantLive(u, noon, s)
	f.wantLive(other, noon)
}

func loginLetsGo(t *testing.T, f *fixture) {
	u := f.user()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the plan's panic was swallowed")
			}
		}()
		f.store.Begin(t.Context(), u.ID, noon, func(auth.User, []auth.Session) (auth.Plan, error) { panic("plan") })
	}()

	ctx, giveUp := context.WithCancel(t.Context())
	lost := f.fresh(u, noon)
	_, err := f.store.Begin(ctx, u.ID, noon, func(auth.User, []auth.Session) (auth.Plan, error) {
		giveUp()
		return auth.Plan{New: lost}, nil
	})
	next := f.login(u, at(time.Minute))
	if err != nil { // given up in time: then it has not happened
		f.wantLive(u, next.CreatedAt, next)
	} else {
		f.wantLive(u, next.CreatedAt, next, lost)
	}
}

// A renewal that was on its way since before the expiry would otherwise bring
// a session back that the login's limit has not counted.
func loginBuries(t *testing.T, f *fixture) {
	u, other := f.user(), f.user()
	idle, over, theirs := f.fresh(u, noon), f.fresh(u, noon), f.fresh(other, noon)
	over.ExpiresAt, over.AbsoluteExpiresAt = at(3*time.Hour), at(time.Hour)
	for _, s := range []auth.Session{idle, over, theirs} {
		f.write(s)
	}
	late := idle.ExpiresAt.Add(-time.Millisecond)
	f.wantChanges("Begin", f.write(f.fresh(u, at(2*time.Hour))))
	for _, s := range []auth.Session{idle, over} {
		_, err := f.store.Renew(t.Context(), auth.Key{ID: s.ID}, auth.Renewal{Now: late, ExpiresAt: late.Add(time.Hour)})
		f.wantError("a late Renew", err, auth.ErrNotFound)
		f.wantEqual("the reason", f.find(s.ID).EndReason, auth.Expired)
	}
	_, err := f.store.Renew(t.Context(), auth.Key{ID: theirs.ID}, auth.Renewal{Now: late, ExpiresAt: late.Add(time.Hour)})
	f.ok(err) // another user's is left alone
}
