package accountstest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

func accountIsFound(t *testing.T, f *fixture) {
	full := auth.User{
		ID: "u1", Email: "zoë@exämple.com", Name: "Zoë Ωmega 🔑 'quoted\"", Image: "https://example.com/z.png?a=1&b=2",
		EmailVerifiedAt: authtest.At(time.Minute), DisabledAt: authtest.At(time.Hour), MaxSessions: new(7), CreatedAt: authtest.Noon, UpdatedAt: authtest.At(time.Second),
	}
	bare := auth.User{ID: "u2", Email: "bare@example.com", CreatedAt: authtest.Noon, UpdatedAt: authtest.Noon}
	unlimited := auth.User{ID: "u3", Email: "unlimited@example.com", MaxSessions: new(0), CreatedAt: authtest.Noon, UpdatedAt: authtest.Noon}
	for _, u := range []auth.User{full, bare, unlimited} {
		f.Ok(f.accounts.CreateUser(t.Context(), u, ""))
		got, hash, err := f.accounts.UserByEmail(t.Context(), u.Email)
		f.Ok(err)
		f.WantEqual("UserByEmail("+u.Email+")", got, u)
		f.WantEqual("password hash of a user without one", hash, "")
	}

	precise := bare
	precise.ID, precise.Email = "u4", "precise@example.com"
	precise.CreatedAt = authtest.Noon.Add(1234567 * time.Nanosecond).In(time.FixedZone("", 3600))
	f.Ok(f.accounts.CreateUser(t.Context(), precise, "$argon2id$hash"))
	got, hash, err := f.accounts.UserByEmail(t.Context(), precise.Email)
	f.Ok(err)
	f.WantEqual("a time with nanoseconds, in another zone", got.CreatedAt, authtest.Noon.Add(time.Millisecond))
	f.WantEqual("password hash", hash, "$argon2id$hash")

	_, _, err = f.accounts.UserByEmail(t.Context(), "nobody@example.com")
	f.WantError("UserByEmail(nobody)", err, auth.ErrNotFound)
}

func addressIsUnique(t *testing.T, f *fixture) {
	u := f.User()
	second := auth.User{ID: "second", Email: u.Email, CreatedAt: authtest.Noon, UpdatedAt: authtest.Noon}
	f.WantError("CreateUser(same address)", f.accounts.CreateUser(t.Context(), second, "other"), accounts.ErrEmailTaken)
	sameID := auth.User{ID: u.ID, Email: "free@example.com", CreatedAt: authtest.Noon, UpdatedAt: authtest.Noon}
	if err := f.accounts.CreateUser(t.Context(), sameID, "other"); err == nil || errors.Is(err, accounts.ErrEmailTaken) {
		t.Errorf("CreateUser(same id) = %v, want an error that does not blame the address", err)
	}
	got, hash, err := f.accounts.UserByEmail(t.Context(), u.Email)
	f.Ok(err)
	f.WantEqual("the first account", got, u)
	f.WantEqual("its password hash", hash, "hash of "+u.ID)
	_, _, err = f.accounts.UserByEmail(t.Context(), sameID.Email)
	f.WantError("UserByEmail(address of the refused account)", err, auth.ErrNotFound)
}

func signUpsRace(t *testing.T, f *fixture) {
	var wg sync.WaitGroup
	var won atomic.Int32
	for range 16 {
		u := auth.User{ID: f.Unique("racer"), Email: "wanted@example.com", CreatedAt: authtest.Noon, UpdatedAt: authtest.Noon}
		wg.Go(func() {
			switch err := f.accounts.CreateUser(t.Context(), u, "hash"); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, accounts.ErrEmailTaken):
				t.Errorf("CreateUser in a race = %v, want nil or ErrEmailTaken", err)
			}
		})
	}
	wg.Wait()
	f.WantEqual("number of winners", won.Load(), int32(1))
}

func hashIsReplaced(t *testing.T, f *fixture) {
	u, other := f.User(), f.User()
	bare := auth.User{ID: "bare", Email: "bare@example.com", CreatedAt: authtest.Noon, UpdatedAt: authtest.Noon}
	f.Ok(f.accounts.CreateUser(t.Context(), bare, ""))
	for _, step := range []struct{ id, email, old, new, want string }{
		{u.ID, u.Email, "hash of " + u.ID, "second", "second"},
		{u.ID, u.Email, "hash of " + u.ID, "third", "second"},
		{u.ID, u.Email, "", "third", "second"},
		{"nobody", other.Email, "hash of " + other.ID, "second", "hash of " + other.ID},
		{bare.ID, bare.Email, "guess", "first", ""},
		{bare.ID, bare.Email, "", "first", "first"},
	} {
		f.Ok(f.accounts.ReplacePasswordHash(t.Context(), step.id, step.old, step.new))
		_, got, err := f.accounts.UserByEmail(t.Context(), step.email)
		f.Ok(err)
		if got != step.want {
			t.Errorf("hash after ReplacePasswordHash(%s, %q, %q) = %q, want %q", step.id, step.old, step.new, got, step.want)
		}
	}
}

func userIsDisabled(t *testing.T, f *fixture) { // SE-8
	u, other := f.User(), f.User()
	a, b, c := f.Login(u, authtest.At(1)), f.Login(u, authtest.At(2)), f.Login(other, authtest.At(3))
	f.Write(f.Fresh(u, authtest.At(4)), auth.Ending{SessionID: b.ID, Reason: auth.ReasonLimit})
	d := f.Login(u, authtest.At(5*time.Minute))

	now := authtest.At(10 * time.Minute)
	changes, err := f.accounts.DisableUser(t.Context(), u.ID, auth.ReasonAdmin, now)
	f.Ok(err)
	f.WantEqual("number of sessions ended", len(changes), 3)
	f.WantLive(u, now)
	f.WantLive(other, now, c)
	f.WantEqual("reason of one that was live", f.Find(d.ID).EndReason, auth.ReasonAdmin)
	f.WantEqual("reason of one that had ended before", f.Find(b.ID).EndReason, auth.ReasonLimit)
	f.WantEqual("the user of a session read after", f.Find(a.ID).User.DisabledAt, now)
	got, _, err := f.accounts.UserByEmail(t.Context(), u.Email)
	f.Ok(err)
	f.WantEqual("DisabledAt", got.DisabledAt, now)
	if got, _, _ := f.accounts.UserByEmail(t.Context(), other.Email); !got.DisabledAt.IsZero() {
		t.Error("another user was disabled, too")
	}

	_, err = f.accounts.UpdateUser(t.Context(), u.ID, now, func(*accounts.Editable) error {
		t.Error("UpdateUser of a disabled user called its change")
		return nil
	})
	f.WantError("UpdateUser of a disabled user", err, auth.ErrDisabled)

	// The store has no opinion about who may sign in, but renews nobody.
	late := f.Login(u, authtest.At(11*time.Minute))
	_, err = f.Store.Renew(t.Context(), auth.Key{ID: late.ID}, auth.Renewal{Now: authtest.At(12 * time.Minute), ExpiresAt: authtest.At(time.Hour)})
	f.WantError("Renew of a disabled user's session", err, auth.ErrNotFound)

	_, err = f.accounts.DisableUser(t.Context(), "nobody", auth.ReasonAdmin, now)
	f.WantError("DisableUser(nobody)", err, auth.ErrNotFound)
}

func userIsEnabled(t *testing.T, f *fixture) {
	u, other := f.User(), f.User()
	a, c := f.Login(u, authtest.At(1)), f.Login(other, authtest.At(2))
	disabled, enabled := authtest.At(time.Minute), authtest.At(2*time.Minute)
	_, err := f.accounts.DisableUser(t.Context(), u.ID, auth.ReasonAdmin, disabled)
	f.Ok(err)
	kept := f.Login(u, authtest.At(90*time.Second)) // a session that the operator has left, by hand

	changes, err := f.accounts.EnableUser(t.Context(), u.ID, auth.ReasonAdmin, enabled)
	f.Ok(err)
	f.WantChanges("EnableUser", changes, auth.Change{SessionID: kept.ID, At: enabled, Ended: auth.ReasonAdmin})
	f.WantLive(u, enabled)
	f.WantLive(other, enabled, c)
	f.WantEqual("when the first session ended", f.Find(a.ID).EndedAt, disabled)
	got, hash, err := f.accounts.UserByEmail(t.Context(), u.Email)
	f.Ok(err)
	want := u
	want.UpdatedAt = enabled
	f.WantEqual("the user", got, want)
	f.WantEqual("their password hash", hash, "hash of "+u.ID)

	fresh := f.Login(u, authtest.At(3*time.Minute))
	f.WantLive(u, authtest.At(3*time.Minute), fresh)
	_, err = f.accounts.EnableUser(t.Context(), "nobody", auth.ReasonAdmin, enabled)
	f.WantError("EnableUser(nobody)", err, auth.ErrNotFound)
}

func userIsUpdated(t *testing.T, f *fixture) {
	u, other := f.User(), f.User()
	live, over, bystander := f.Login(u, authtest.At(time.Minute)), f.Login(u, authtest.At(2*time.Minute)), f.Login(other, authtest.Noon)
	_, err := f.Store.End(t.Context(), auth.Selector{UserID: u.ID, SessionID: over.ID}, auth.ReasonSignedOut, authtest.At(3*time.Minute))
	f.Ok(err)

	when := authtest.At(4 * time.Minute)
	changes, err := f.accounts.UpdateUser(t.Context(), u.ID, when, func(u *accounts.Editable) error {
		u.Name, u.Image, u.MaxSessions = "Zoë \"Ω\"", "https://example.com/z.png", new(2)
		u.Profile = auth.Profile{Roles: []string{"admin", "ops"}, Plan: "pro"}
		return nil
	})
	f.Ok(err)
	f.WantChanges("UpdateUser", changes, auth.Change{SessionID: live.ID, At: when})
	reported, err := f.Store.Changes(t.Context(), when)
	f.Ok(err)
	f.WantChanges("Changes", reported, auth.Change{SessionID: live.ID, At: when})

	want := u
	want.Name, want.Image, want.MaxSessions, want.UpdatedAt = "Zoë \"Ω\"", "https://example.com/z.png", new(2), when
	want.Profile = auth.Profile{Roles: []string{"admin", "ops"}, Plan: "pro"}
	got, hash, err := f.accounts.UserByEmail(t.Context(), u.Email)
	f.Ok(err)
	f.WantEqual("the updated user", got, want)
	f.WantEqual("their password hash", hash, "hash of "+u.ID)
	f.WantEqual("the user of their session", f.Find(live.ID).User, want)
	f.WantEqual("another user", f.Find(bystander.ID).User, other)

	refused := errors.New("no")
	_, err = f.accounts.UpdateUser(t.Context(), u.ID, when, func(u *accounts.Editable) error { u.Name = "x"; return refused })
	f.WantEqual("UpdateUser whose change fails", err, refused)
	f.WantEqual("the user after it", f.Find(live.ID).User, want)
	_, err = f.accounts.UpdateUser(t.Context(), "nobody", when, func(*accounts.Editable) error { return nil })
	f.WantError("UpdateUser(nobody)", err, auth.ErrNotFound)
}

func updatesRace(t *testing.T, f *fixture) {
	u := f.User()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := f.accounts.UpdateUser(t.Context(), u.ID, authtest.Noon, func(u *accounts.Editable) error { u.Name += "x"; return nil })
			if err != nil {
				t.Errorf("UpdateUser = %v", err)
			}
		})
	}
	wg.Wait()
	got, _, err := f.accounts.UserByEmail(t.Context(), u.Email)
	f.Ok(err)
	f.WantEqual("letters added by 20 racing updates", len(got.Name)-len(u.Name), 20)
}

func cancelledCallsFail(t *testing.T, f *fixture) {
	u := f.User()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	store, now := f.accounts, authtest.At(time.Minute)
	for name, call := range map[string]func() error{
		"CreateUser": func() error {
			return store.CreateUser(ctx, auth.User{ID: "late", Email: "late@example.com", CreatedAt: now, UpdatedAt: now}, "hash")
		},
		"UserByEmail":         func() error { _, _, err := store.UserByEmail(ctx, u.Email); return err },
		"ReplacePasswordHash": func() error { return store.ReplacePasswordHash(ctx, u.ID, "hash of "+u.ID, "new") },
		"UpdateUser": func() error {
			_, err := store.UpdateUser(ctx, u.ID, now, func(u *accounts.Editable) error { u.Name = "late"; return nil })
			return err
		},
		"DisableUser": func() error { _, err := store.DisableUser(ctx, u.ID, auth.ReasonAdmin, now); return err },
		"EnableUser":  func() error { _, err := store.EnableUser(ctx, u.ID, auth.ReasonAdmin, now); return err },
	} {
		f.WantError(name+" of a caller who has gone", call(), context.Canceled)
	}
	got, hash, err := store.UserByEmail(t.Context(), u.Email)
	f.Ok(err)
	f.WantEqual("the user", got, u)
	f.WantEqual("the password hash", hash, "hash of "+u.ID)
	_, _, err = store.UserByEmail(t.Context(), "late@example.com")
	f.WantError("UserByEmail(account that was given up)", err, auth.ErrNotFound)
}

func loginSeesCredential(t *testing.T, f *fixture) {
	u := f.User()
	bare := auth.User{ID: "bare", Email: "bare@example.com", CreatedAt: authtest.Noon, UpdatedAt: authtest.Noon}
	f.Ok(f.accounts.CreateUser(t.Context(), bare, ""))
	refused := errors.New("refused")
	want := func(id, hash string) {
		t.Helper()
		_, err := f.Store.Begin(t.Context(), id, authtest.Noon, func(got auth.User, _ auth.Lister) (auth.Plan, error) {
			f.WantEqual("the credential in the plan", got.Credential, auth.CredentialOf(hash))
			return auth.Plan{}, refused
		})
		f.WantError("Begin", err, refused)
	}
	want(u.ID, "hash of "+u.ID)
	want(bare.ID, "")
	f.Ok(f.accounts.ReplacePasswordHash(t.Context(), u.ID, "hash of "+u.ID, "another"))
	want(u.ID, "another")
	f.WantEqual("the credential of a session's user", f.Find(f.Login(u, authtest.Noon).ID).User.Credential, "")
}
