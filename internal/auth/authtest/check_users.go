package authtest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/auth"
)

func accountIsFound(t *testing.T, f *fixture) {
	full := auth.User{
		ID: "u1", Email: "zoë@exämple.com", Name: "Zoë Ωmega 🔑 'quoted\"", Image: "https://example.com/z.png?a=1&b=2",
		EmailVerifiedAt: at(time.Minute), DisabledAt: at(time.Hour), MaxSessions: new(7), CreatedAt: noon, UpdatedAt: at(time.Second),
	}
	bare := auth.User{ID: "u2", Email: "bare@example.com", CreatedAt: noon, UpdatedAt: noon}
	unlimited := auth.User{ID: "u3", Email: "unlimited@example.com", MaxSessions: new(0), CreatedAt: noon, UpdatedAt: noon}
	for _, u := range []auth.User{full, bare, unlimited} {
		f.ok(f.store.CreateUser(t.Context(), u, ""))
		got, hash, err := f.store.UserByEmail(t.Context(), u.Email)
		f.ok(err)
		f.wantEqual("UserByEmail("+u.Email+")", got, u)
		f.wantEqual("password hash of a user without one", hash, "")
	}

	precise := bare
	precise.ID, precise.Email = "u4", "precise@example.com"
	precise.CreatedAt = noon.Add(1234567 * time.Nanosecond).In(time.FixedZone("", 3600))
	f.ok(f.store.CreateUser(t.Context(), precise, "$argon2id$hash"))
	got, hash, err := f.store.UserByEmail(t.Context(), precise.Email)
	f.ok(err)
	f.wantEqual("a time with nanoseconds, in another zone", got.CreatedAt, noon.Add(time.Millisecond))
	f.wantEqual("password hash", hash, "$argon2id$hash")

	_, _, err = f.store.UserByEmail(t.Context(), "nobody@example.com")
	f.wantError("UserByEmail(nobody)", err, auth.ErrNotFound)
}

func addressIsUnique(t *testing.T, f *fixture) {
	u := f.user()
	second := auth.User{ID: "second", Email: u.Email, CreatedAt: noon, UpdatedAt: noon}
	f.wantError("CreateUser(same address)", f.store.CreateUser(t.Context(), second, "other"), auth.ErrEmailTaken)
	sameID := auth.User{ID: u.ID, Email: "free@example.com", CreatedAt: noon, UpdatedAt: noon}
	if err := f.store.CreateUser(t.Context(), sameID, "other"); err == nil || errors.Is(err, auth.ErrEmailTaken) {
		t.Errorf("CreateUser(same id) = %v, want an error that does not blame the address", err)
	}
	got, hash, err := f.store.UserByEmail(t.Context(), u.Email)
	f.ok(err)
	f.wantEqual("the first account", got, u)
	f.wantEqual("its password hash", hash, "hash of "+u.ID)
	_, _, err = f.store.UserByEmail(t.Context(), sameID.Email)
	f.wantError("UserByEmail(address of the refused account)", err, auth.ErrNotFound)
}

func signUpsRace(t *testing.T, f *fixture) {
	var wg sync.WaitGroup
	var won atomic.Int32
	for range 16 {
		u := auth.User{ID: f.unique("racer"), Email: "wanted@example.com", CreatedAt: noon, UpdatedAt: noon}
		wg.Go(func() {
			switch err := f.store.CreateUser(t.Context(), u, "hash"); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, auth.ErrEmailTaken):
				t.Errorf("CreateUser in a race = %v, want nil or ErrEmailTaken", err)
			}
		})
	}
	wg.Wait()
	f.wantEqual("number of winners", won.Load(), int32(1))
}

func hashIsReplaced(t *testing.T, f *fixture) {
	u, other := f.user(), f.user()
	bare := auth.User{ID: "bare", Email: "bare@example.com", CreatedAt: noon, UpdatedAt: noon}
	f.ok(f.store.CreateUser(t.Context(), bare, ""))
	for _, step := range []struct{ id, email, old, new, want string }{
		{u.ID, u.Email, "hash of " + u.ID, "second", "second"},
		{u.ID, u.Email, "hash of " + u.ID, "third", "second"},
		{u.ID, u.Email, "", "third", "second"},
		{"nobody", other.Email, "hash of " + other.ID, "second", "hash of " + other.ID},
		{bare.ID, bare.Email, "guess", "first", ""},
		{bare.ID, bare.Email, "", "first", "first"},
	} {
		f.ok(f.store.ReplacePasswordHash(t.Context(), step.id, step.old, step.new))
		_, got, err := f.store.UserByEmail(t.Context(), step.email)
		f.ok(err)
		if got != step.want {
			t.Errorf("hash after ReplacePasswordHash(%s, %q, %q) = %q, want %q", step.id, step.old, step.new, got, step.want)
		}
	}
}

func userIsDisabled(t *testing.T, f *fixture) { // SE-8
	u, other := f.user(), f.user()
	a, b, c := f.login(u, at(1)), f.login(u, at(2)), f.login(other, at(3))
	f.write(f.fresh(u, at(4)), auth.Ending{SessionID: b.ID, Reason: auth.Limit})
	d := f.login(u, at(5*time.Minute))

	now := at(10 * time.Minute)
	changes, err := f.store.DisableUser(t.Context(), u.ID, auth.Admin, now)
	f.ok(err)
	f.wantEqual("number of sessions ended", len(changes), 3)
	f.wantLive(u, now)
	f.wantLive(other, now, c)
	f.wantEqual("reason of one that was live", f.find(d.ID).EndReason, auth.Admin)
	f.wantEqual("reason of one that had ended before", f.find(b.ID).EndReason, auth.Limit)
	f.wantEqual("the user of a session read after", f.find(a.ID).User.DisabledAt, now)
	got, _, err := f.store.UserByEmail(t.Context(), u.Email)
	f.ok(err)
	f.wantEqual("DisabledAt", got.DisabledAt, now)
	if got, _, _ := f.store.UserByEmail(t.Context(), other.Email); !got.DisabledAt.IsZero() {
		t.Error("another user was disabled, too")
	}

	// The store has no opinion about who may sign in, but renews nobody.
	late := f.login(u, at(11*time.Minute))
	_, err = f.store.Renew(t.Context(), auth.Key{ID: late.ID}, auth.Renewal{Now: at(12 * time.Minute), ExpiresAt: at(time.Hour)})
	f.wantError("Renew of a disabled user's session", err, auth.ErrNotFound)

	_, err = f.store.DisableUser(t.Context(), "nobody", auth.Admin, now)
	f.wantError("DisableUser(nobody)", err, auth.ErrNotFound)
}

func userIsUpdated(t *testing.T, f *fixture) {
	u, other := f.user(), f.user()
	live, over, bystander := f.login(u, at(time.Minute)), f.login(u, at(2*time.Minute)), f.login(other, noon)
	_, err := f.store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: over.ID}, auth.SignedOut, at(3*time.Minute))
	f.ok(err)

	when := at(4 * time.Minute)
	changes, err := f.store.UpdateUser(t.Context(), u.ID, when, func(u *auth.User) error {
		u.Name, u.Image, u.MaxSessions = "Zoë \"Ω\"", "https://example.com/z.png", new(2)
		u.Profile = auth.Profile{Roles: []string{"admin", "ops"}, Plan: "pro"}
		u.Email, u.ID = "mallory@example.com", "mallory" // not what an update writes
		return nil
	})
	f.ok(err)
	f.wantChanges("UpdateUser", changes, auth.Change{SessionID: live.ID, At: when})
	reported, err := f.store.Changes(t.Context(), when)
	f.ok(err)
	f.wantChanges("Changes", reported, auth.Change{SessionID: live.ID, At: when})

	want := u
	want.Name, want.Image, want.MaxSessions, want.UpdatedAt = "Zoë \"Ω\"", "https://example.com/z.png", new(2), when
	want.Profile = auth.Profile{Roles: []string{"admin", "ops"}, Plan: "pro"}
	got, hash, err := f.store.UserByEmail(t.Context(), u.Email)
	f.ok(err)
	f.wantEqual("the updated user", got, want)
	f.wantEqual("their password hash", hash, "hash of "+u.ID)
	f.wantEqual("the user of their session", f.find(live.ID).User, want)
	f.wantEqual("another user", f.find(bystander.ID).User, other)

	refused := errors.New("no")
	_, err = f.store.UpdateUser(t.Context(), u.ID, when, func(u *auth.User) error { u.Name = "x"; return refused })
	f.wantEqual("UpdateUser whose change fails", err, refused)
	f.wantEqual("the user after it", f.find(live.ID).User, want)
	_, err = f.store.UpdateUser(t.Context(), "nobody", when, func(*auth.User) error { return nil })
	f.wantError("UpdateUser(nobody)", err, auth.ErrNotFound)
}

func updatesRace(t *testing.T, f *fixture) {
	u := f.user()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := f.store.UpdateUser(t.Context(), u.ID, noon, func(u *auth.User) error { u.Name += "x"; return nil })
			if err != nil {
				t.Errorf("UpdateUser = %v", err)
			}
		})
	}
	wg.Wait()
	got, _, err := f.store.UserByEmail(t.Context(), u.Email)
	f.ok(err)
	f.wantEqual("letters added by 20 racing updates", len(got.Name)-len(u.Name), 20)
}
