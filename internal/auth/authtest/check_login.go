package authtest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"latchkey/internal/auth"
)

func loginWritesRow(t *testing.T, f *Fixture) {
	u := f.User(func(u *auth.User) { u.Name, u.MaxSessions, u.EmailVerifiedAt = "Zoë 🔑", new(2), At(-time.Hour) })
	s := auth.Session{
		ID: "s1", User: u, TokenHash: []byte{0, 1, 0xff, 0},
		CreatedAt: At(1 * time.Millisecond), AuthenticatedAt: At(2 * time.Millisecond), LastSeenAt: At(3 * time.Millisecond),
		ExpiresAt: At(time.Hour), AbsoluteExpiresAt: At(999 * 24 * time.Hour), IP: "203.0.113.9", UserAgent: "Bröwser/2 ‘x’ \"y\"",
	}
	f.WantChanges("Begin", f.Write(s))
	f.WantEqual("Find(id)", f.Find(s.ID), s)
	byToken, err := f.Store.Find(t.Context(), auth.Key{TokenHash: s.TokenHash})
	f.Ok(err)
	f.WantEqual("Find(token hash)", byToken, s)
	f.WantEqual("Live", f.Live(u, At(time.Minute)), []auth.Session{s})

	plain := f.Fresh(u, Noon.Add(1999999*time.Nanosecond).In(time.FixedZone("", -7200)))
	plain.IP, plain.UserAgent = "", ""
	f.Write(plain)
	got := f.Find(plain.ID)
	f.WantEqual("a time with nanoseconds, in another zone", got.CreatedAt, At(time.Millisecond))
	f.WantEqual("unknown client", got.IP+got.UserAgent, "")
}

func noTokenNoCollision(t *testing.T, f *Fixture) {
	u := f.User()
	for _, hash := range [][]byte{nil, nil, {}, {}} {
		s := f.Fresh(u, Noon)
		s.TokenHash = hash
		f.Write(s)
		if got := f.Find(s.ID).TokenHash; len(got) != 0 {
			t.Errorf("token hash of a session without one = %q", got)
		}
	}
	for _, key := range []auth.Key{{}, {TokenHash: []byte{}}, {ID: "unknown"}, {TokenHash: []byte("unknown")}} {
		_, err := f.Store.Find(t.Context(), key)
		f.WantError(fmt.Sprintf("Find(%q)", key), err, auth.ErrNotFound)
	}
}

func loginSeesLive(t *testing.T, f *Fixture) {
	u, other := f.User(func(u *auth.User) { u.MaxSessions = new(5) }), f.User()
	now := At(3 * time.Hour)
	idle := f.Login(u, At(0))
	old, recent := f.Fresh(u, At(time.Hour)), f.Fresh(u, At(2*time.Hour))
	old.ExpiresAt, recent.ExpiresAt = now.Add(time.Millisecond), now.Add(time.Hour)
	over := f.Fresh(u, At(time.Minute))
	over.ExpiresAt, over.AbsoluteExpiresAt = At(9*time.Hour), now
	edge := f.Fresh(u, At(2*time.Minute))
	edge.ExpiresAt = now
	signedOut := f.Fresh(u, At(3*time.Minute))
	signedOut.ExpiresAt = At(9 * time.Hour)
	for _, s := range []auth.Session{recent, over, edge, signedOut, old} {
		f.Write(s)
	}
	_, err := f.Store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: signedOut.ID}, auth.ReasonSignedOut, At(time.Hour))
	f.Ok(err)
	f.Login(other, At(2*time.Hour))

	refused := errors.New("refused")
	_, err = f.Store.Begin(t.Context(), u.ID, now, func(got auth.User, list auth.Lister) (auth.Plan, error) {
		live, total, err := list(Everything)
		f.Ok(err)
		got.Credential = "" // is for the suite of accounts
		f.WantEqual("the plan's user", got, u)
		f.WantEqual("the plan's count", total, 2)
		f.WantEqual("the plan's sessions", live, []auth.Session{recent, old})
		return auth.Plan{}, refused
	})
	f.WantError("Begin", err, refused)
	f.WantLive(u, now, recent, old)
	// Seen from before they expired, all are live but the one that a login since has buried.
	f.WantLive(u, idle.ExpiresAt.Add(-time.Millisecond), recent, old, edge, over)
}

func planEnds(t *testing.T, f *Fixture) {
	u, other := f.User(), f.User()
	a, b, c, foreign := f.Login(u, At(1)), f.Login(u, At(2)), f.Login(u, At(3*time.Millisecond)), f.Login(other, At(4))
	_, err := f.Store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: b.ID}, auth.ReasonSignedOut, At(time.Second))
	f.Ok(err)

	d := f.Fresh(u, At(time.Minute))
	got := f.Write(d, auth.Ending{SessionID: a.ID, Reason: auth.ReasonLimit}, auth.Ending{SessionID: b.ID, Reason: auth.ReasonLimit},
		auth.Ending{SessionID: foreign.ID, Reason: auth.ReasonLimit}, auth.Ending{SessionID: "unknown", Reason: auth.ReasonReplaced})
	f.WantChanges("Begin", got, ended(a, d.CreatedAt, auth.ReasonLimit))
	f.WantLive(u, d.CreatedAt, d, c)
	f.WantLive(other, d.CreatedAt, foreign)
	f.WantEqual("reason of one that had ended before", f.Find(b.ID).EndReason, auth.ReasonSignedOut)
	tombstone := f.Find(a.ID)
	f.WantEqual("reason of the evicted one", tombstone.EndReason, auth.ReasonLimit)
	f.WantEqual("end of the evicted one", tombstone.EndedAt, d.CreatedAt)
	f.WantEqual("user of the evicted one", tombstone.User.ID, u.ID)

	e := f.Fresh(u, At(2*time.Minute))
	got = f.Write(e, auth.Ending{SessionID: c.ID, Reason: auth.ReasonReplaced}, auth.Ending{SessionID: d.ID, Reason: auth.ReasonLimit})
	f.WantChanges("Begin", got, ended(c, e.CreatedAt, auth.ReasonReplaced), ended(d, e.CreatedAt, auth.ReasonLimit))
}

func planFails(t *testing.T, f *Fixture) {
	u := f.User()
	a := f.Login(u, Noon)
	b := f.Fresh(u, At(time.Minute))
	full := &auth.LimitError{Limit: 1}
	changes, err := f.Store.Begin(t.Context(), u.ID, b.CreatedAt, func(auth.User, auth.Lister) (auth.Plan, error) {
		return auth.Plan{New: b, End: []auth.Ending{{SessionID: a.ID, Reason: auth.ReasonLimit}}}, full
	})
	if err != error(full) {
		t.Errorf("Begin = error %v, want the plan's own", err)
	}
	f.WantChanges("Begin", changes)
	f.WantLive(u, b.CreatedAt, a)
	_, err = f.Store.Find(t.Context(), auth.Key{ID: b.ID})
	f.WantError("Find(refused login)", err, auth.ErrNotFound)
}

func loginRollsBack(t *testing.T, f *Fixture) { // DB-3
	u := f.User()
	a := f.Login(u, Noon)
	sameID, sameToken := f.Fresh(u, At(time.Minute)), f.Fresh(u, At(time.Minute))
	sameID.ID, sameToken.TokenHash = a.ID, a.TokenHash
	for _, s := range []auth.Session{sameID, sameToken} {
		plan := auth.Plan{New: s, End: []auth.Ending{{SessionID: a.ID, Reason: auth.ReasonReplaced}}}
		changes, err := f.Store.Begin(t.Context(), u.ID, s.CreatedAt, planOf(plan))
		if err == nil {
			t.Error("Begin with a taken id or token hash succeeded")
		}
		f.WantChanges("Begin that failed", changes)
		f.WantEqual("the session in the way", f.Find(a.ID), a)
		f.WantLive(u, s.CreatedAt, a)
	}
}

func loginNeedsUser(t *testing.T, f *Fixture) {
	u := f.User()
	for _, id := range []string{"nobody", ""} {
		_, err := f.Store.Begin(t.Context(), id, Noon, func(auth.User, auth.Lister) (auth.Plan, error) {
			t.Errorf("Begin(%q) called its plan", id)
			return auth.Plan{New: f.Fresh(u, Noon)}, nil
		})
		f.WantError("Begin("+id+")", err, auth.ErrNotFound)
	}
	f.WantLive(auth.User{}, Noon)

	// Whoever the plan says it is for, the session is the locked user's.
	other := f.User()
	s := f.Fresh(other, Noon)
	_, err := f.Store.Begin(t.Context(), u.ID, Noon, planOf(auth.Plan{New: s}))
	f.Ok(err)
	f.WantLive(u, Noon, s)
	f.WantLive(other, Noon)
}

func loginLetsGo(t *testing.T, f *Fixture) {
	u := f.User()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the plan's panic was swallowed")
			}
		}()
		f.Store.Begin(t.Context(), u.ID, Noon, func(auth.User, auth.Lister) (auth.Plan, error) { panic("plan") })
	}()

	ctx, giveUp := context.WithCancel(t.Context())
	lost := f.Fresh(u, Noon)
	_, err := f.Store.Begin(ctx, u.ID, Noon, func(auth.User, auth.Lister) (auth.Plan, error) {
		giveUp()
		return auth.Plan{New: lost}, nil
	})
	next := f.Login(u, At(time.Minute))
	if err != nil { // given up in time: then it has not happened
		f.WantLive(u, next.CreatedAt, next)
	} else {
		f.WantLive(u, next.CreatedAt, next, lost)
	}
}

// A renewal that was on its way since before the expiry would otherwise bring
// a session back that the login's limit has not counted.
func loginBuries(t *testing.T, f *Fixture) {
	u, other := f.User(), f.User()
	idle, over, theirs := f.Fresh(u, Noon), f.Fresh(u, Noon), f.Fresh(other, Noon)
	over.ExpiresAt, over.AbsoluteExpiresAt = At(3*time.Hour), At(time.Hour)
	for _, s := range []auth.Session{idle, over, theirs} {
		f.Write(s)
	}
	late := idle.ExpiresAt.Add(-time.Millisecond)
	f.WantChanges("Begin", f.Write(f.Fresh(u, At(2*time.Hour))))
	for _, s := range []auth.Session{idle, over} {
		_, err := f.Store.Renew(t.Context(), auth.Key{ID: s.ID}, auth.Renewal{Now: late, ExpiresAt: late.Add(time.Hour)})
		f.WantError("a late Renew", err, auth.ErrNotFound)
		f.WantEqual("the reason", f.Find(s.ID).EndReason, auth.ReasonExpired)
	}
	_, err := f.Store.Renew(t.Context(), auth.Key{ID: theirs.ID}, auth.Renewal{Now: late, ExpiresAt: late.Add(time.Hour)})
	f.Ok(err) // another user's is left alone
}
