package accountstest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

func changeVoids(t *testing.T, f *tokenFixture) { // RS-2
	for _, c := range []struct {
		name   string
		change accounts.Change
		voids  bool
	}{
		{"a password", accounts.Change{PasswordHash: "new"}, true},
		{"no password", accounts.Change{NoPassword: true}, true},
		{"an address", accounts.Change{Email: "elsewhere@example.com"}, true},
		{"a proof of the address", accounts.Change{VerifiedAt: authtest.At(time.Minute)}, false},
		{"the end of the sessions", accounts.Change{End: auth.ReasonEverywhere}, false},
		{"nothing", accounts.Change{}, false},
	} {
		for _, byToken := range []bool{false, true} {
			u, bystander := f.User(), f.User()
			spent, reset, link, others := f.sent(u, "verify"), f.sent(u, "reset"), f.sent(u, "link"), f.sent(bystander, "reset")
			fresh := f.token(u, "fresh")
			c.change.Letters = []accounts.Letter{f.letter(fresh)}
			var err error
			if byToken {
				_, err = f.spend(spent, authtest.At(time.Minute), c.change)
			} else {
				_, err = f.change(u, authtest.At(time.Minute), c.change)
			}
			f.Ok(err)
			f.wantToken(spent, authtest.At(time.Minute), !byToken && !c.voids)
			f.wantToken(reset, authtest.At(time.Minute), !c.voids)
			f.wantToken(link, authtest.At(time.Minute), !c.voids)
			f.wantToken(fresh, authtest.At(time.Minute), true) // is of the change itself
			f.wantToken(others, authtest.At(time.Minute), true)
			f.wantMails(u.Email, 4)
			if t.Failed() {
				t.Fatalf("after a change to %s, by a token: %t", c.name, byToken)
			}
			if c.change.Email != "" { // makes room for the second round
				_, err := f.change(u, authtest.At(time.Minute), accounts.Change{Email: u.Email})
				f.Ok(err)
			}
		}
	}
}

func undoOutlives(t *testing.T, f *tokenFixture) {
	u := f.User()
	undo, reset := f.token(u, accounts.PurposeUndo), f.sent(u, "reset")
	_, err := f.change(u, authtest.Noon, accounts.Change{Email: "second@example.com", Letters: []accounts.Letter{f.letter(undo)}})
	f.Ok(err)
	f.wantToken(reset, authtest.Noon, false)
	second := u
	second.Email = "second@example.com"
	undoSecond := f.token(second, accounts.PurposeUndo)
	_, err = f.change(u, authtest.Noon, accounts.Change{Email: "third@example.com", Letters: []accounts.Letter{f.letter(undoSecond)}})
	f.Ok(err)
	for _, change := range []accounts.Change{{PasswordHash: "new"}, {NoPassword: true}, {VerifiedAt: authtest.Noon}} {
		_, err = f.change(u, authtest.Noon, change)
		f.Ok(err)
	}
	f.wantToken(undo, authtest.Noon, true)
	f.wantToken(undoSecond, authtest.Noon, true)
	_, err = f.spend(undo, authtest.Noon, accounts.Change{Email: u.Email, VoidUndo: true})
	f.Ok(err)
	f.wantToken(undoSecond, authtest.Noon, false)
}

func passwordIsRemoved(t *testing.T, f *tokenFixture) {
	u, other := f.User(), f.User()
	_, err := f.change(u, authtest.At(time.Minute), accounts.Change{NoPassword: true})
	f.Ok(err)
	f.wantHash(u, "")
	f.wantHash(other, "hash of "+other.ID)
	_, err = f.change(u, authtest.At(2*time.Minute), accounts.Change{PasswordHash: "another"})
	f.Ok(err)
	f.wantHash(u, "another")
	got, _, err := f.accounts.UserByEmail(t.Context(), u.Email)
	f.Ok(err)
	f.WantEqual("UpdatedAt", got.UpdatedAt, authtest.At(2*time.Minute))
}

func changeEndsSessions(t *testing.T, f *tokenFixture) { // PW-7
	u, other := f.User(), f.User()
	a, b, c := f.Login(u, authtest.At(1*time.Second)), f.Login(u, authtest.At(2*time.Second)), f.Login(other, authtest.At(3*time.Second))
	now := authtest.At(time.Minute)
	changes, err := f.change(u, now, accounts.Change{PasswordHash: "new", End: auth.ReasonPassword, Except: b.ID})
	f.Ok(err)
	f.WantChanges("a change that ends all sessions but one", changes,
		auth.Change{SessionID: a.ID, At: now, Ended: auth.ReasonPassword}, auth.Change{SessionID: b.ID, At: now})
	f.WantLive(u, now, b)
	f.WantLive(other, now, c)
	f.WantEqual("the reason", f.Find(a.ID).EndReason, auth.ReasonPassword)

	token := f.sent(u, "verify")
	later := authtest.At(2 * time.Minute)
	changes, err = f.spend(token, later, accounts.Change{VerifiedAt: later})
	f.Ok(err)
	f.WantChanges("a change that ends no session", changes, auth.Change{SessionID: b.ID, At: later})
	f.WantEqual("the user of a session read after", f.Find(b.ID).User.EmailVerifiedAt, later)

	changes, err = f.change(u, later, accounts.Change{End: auth.ReasonEverywhere})
	f.Ok(err)
	f.WantChanges("a change that ends all sessions", changes, auth.Change{SessionID: b.ID, At: later, Ended: auth.ReasonEverywhere})
}

func takenAddressIsRefused(t *testing.T, f *tokenFixture) {
	u, owner := f.User(), f.User()
	session, token := f.Login(u, authtest.At(time.Second)), f.sent(u, "email")
	change := accounts.Change{
		Email: owner.Email, PasswordHash: "new", VerifiedAt: authtest.At(time.Minute), End: auth.ReasonPassword,
		Letters: []accounts.Letter{f.letter(f.token(u, "undo"))},
	}
	_, err := f.spend(token, authtest.At(time.Minute), change)
	f.WantError("SpendToken to a taken address", err, accounts.ErrEmailTaken)
	_, err = f.change(u, authtest.At(time.Minute), change)
	f.WantError("ChangeAccount to a taken address", err, accounts.ErrEmailTaken)
	f.wantToken(token, authtest.At(time.Minute), true)
	f.wantHash(u, "hash of "+u.ID)
	f.WantLive(u, authtest.At(time.Minute), session)
	f.wantMails(u.Email, 1)

	_, err = f.change(owner, authtest.At(time.Minute), accounts.Change{Email: owner.Email})
	f.WantError("ChangeAccount to one's own address", err, nil)
}

func changesToAddressRace(t *testing.T, f *tokenFixture) {
	var racing sync.WaitGroup
	var won atomic.Int32
	for range 16 {
		u := f.User()
		token := f.sent(u, "email")
		racing.Go(func() {
			switch _, err := f.spend(token, authtest.Noon, accounts.Change{Email: "wanted@example.com"}); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, accounts.ErrEmailTaken):
				t.Errorf("SpendToken in a race for an address = %v, want nil or ErrEmailTaken", err)
			}
		})
	}
	racing.Wait()
	f.WantEqual("users with the address", won.Load(), int32(1))
}

func changesFollow(t *testing.T, f *tokenFixture) {
	u := f.User()
	var racing sync.WaitGroup
	var changed atomic.Int32
	for range racers {
		hash := f.Unique("hash")
		racing.Go(func() {
			_, err := f.tokens.ChangeAccount(t.Context(), u.ID, authtest.Noon, func(got auth.User) (accounts.Change, error) {
				if got.Credential != auth.CredentialOf("hash of "+u.ID) {
					return accounts.Change{}, auth.ErrCredentialChanged
				}
				return accounts.Change{PasswordHash: hash}, nil
			})
			switch {
			case err == nil:
				changed.Add(1)
			case err != auth.ErrCredentialChanged:
				t.Errorf("ChangeAccount in a race = %v, want nil or the plan's own error", err)
			}
		})
	}
	racing.Wait()
	f.WantEqual("changes that saw the first password", changed.Load(), int32(1))
}

func accountIsDeleted(t *testing.T, f *tokenFixture) {
	u, other := f.User(), f.User()
	session, token, others := f.Login(u, authtest.At(time.Second)), f.sent(u, "reset"), f.sent(other, "reset")
	now := authtest.At(time.Minute)
	changes, err := f.change(u, now, accounts.Change{Delete: true, End: auth.ReasonDeleted, Letters: []accounts.Letter{{Mail: f.mail(u.Email)}}})
	f.Ok(err)
	f.WantChanges("a deletion", changes, auth.Change{SessionID: session.ID, At: now, Ended: auth.ReasonDeleted})
	f.wantMails(u.Email, 2) // the farewell included
	tombstone := f.Find(session.ID)
	f.WantEqual("the reason of the session", tombstone.EndReason, auth.ReasonDeleted)
	f.WantEqual("its user", tombstone.User, auth.User{})
	_, _, err = f.accounts.UserByEmail(t.Context(), u.Email)
	f.WantError("UserByEmail(deleted)", err, auth.ErrNotFound)
	f.wantToken(token, now, false)
	_, err = f.spend(token, now, accounts.Change{PasswordHash: "ghost"})
	f.WantError("SpendToken of a deleted user", err, accounts.ErrToken)
	f.wantToken(others, now, true)

	again := auth.User{ID: "again", Email: u.Email, CreatedAt: now, UpdatedAt: now}
	f.Ok(f.accounts.CreateUser(t.Context(), again, "new"))
	f.wantHash(again, "new")
}

func changeNeedsUser(t *testing.T, f *tokenFixture) {
	_, err := f.change(auth.User{ID: "nobody"}, authtest.Noon, accounts.Change{Delete: true})
	f.WantError("ChangeAccount(nobody)", err, auth.ErrNotFound)
}
