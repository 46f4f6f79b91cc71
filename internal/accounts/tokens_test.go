package accounts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

// LG-3: what a sign-up costs does not tell a taken address from a new one.
func TestApplyingCostsTheSameWorkForEveryAddress(t *testing.T) {
	w := newWorld(t, "jwt")
	w.cfg.RequireVerified = true
	users := accounts.New(w.cfg)
	ada := w.secretOf("ada@example.com", "Confirm your email address")
	apply := func(email string) (string, uint64) {
		t.Helper()
		before, mails := users.HashWork(), len(w.store.Mail)
		id, err := users.Apply(t.Context(), accounts.Registration{Email: email, Password: "nine loud trains at dusk"})
		if err != nil || len(id) != len(auth.NewID()) {
			t.Fatalf("Apply(%s) = %q, %v, want an id", email, id, err)
		}
		if n := len(w.store.Mail) - mails; n != 1 {
			t.Errorf("Apply(%s) sends %d mails, want 1", email, n)
		}
		return id, users.HashWork() - before
	}
	_, free := apply("new@example.com")
	w.last("Confirm your email address")
	id, waiting := apply("ada@example.com") // signed up, and not confirmed
	w.last("Finish signing up")
	if err := users.Verify(t.Context(), ada, accounts.Knows{Password: password}); err != nil {
		t.Fatal(err)
	}
	again, taken := apply("ada@example.com")
	w.last("You already have an account")
	if free == 0 || free != waiting || free != taken {
		t.Errorf("signing up costs %d KiB of hashing for a new address, %d and %d for taken ones, want the same", free, waiting, taken)
	}
	if u, _, _ := w.store.UserByEmail(t.Context(), "ada@example.com"); id == u.ID || again == u.ID || id == again {
		t.Error("Apply tells the id of an account to somebody who has not signed it up")
	}
}

// LG-3: nothing is hashed for a mail, whatever the address.
func TestMailsCostNoHashing(t *testing.T) {
	w := newWorld(t, "jwt")
	before := w.users.HashWork()
	for _, email := range []string{"ada@example.com", "nobody@example.com"} {
		for _, err := range []error{w.users.Forgot(t.Context(), email), w.users.SendVerification(t.Context(), email), w.users.SendLink(t.Context(), email, "")} {
			if err != nil {
				t.Error(err)
			}
		}
	}
	if got := w.users.HashWork() - before; got != 0 {
		t.Errorf("asking for mails costs %d KiB of hashing, want none", got)
	}
}

// LG-2: a dead link costs no hash; a wrong password for a good one costs one.
func TestADeadLinkCostsNoHashing(t *testing.T) {
	w := newWorld(t, "jwt")
	before := w.users.HashWork()
	for _, secret := range []string{"", "x", strings.Repeat("A", 43)} {
		if err := w.users.Reset(t.Context(), secret, "nine loud trains at dusk"); !errors.Is(err, accounts.ErrToken) {
			t.Errorf("Reset(%q) = %v, want ErrToken", secret, err)
		}
		if err := w.users.Verify(t.Context(), secret, accounts.Knows{Password: password}); !errors.Is(err, accounts.ErrToken) {
			t.Errorf("Verify(%q) = %v, want ErrToken", secret, err)
		}
	}
	if got := w.users.HashWork() - before; got != 0 {
		t.Errorf("dead links cost %d KiB of hashing, want none", got)
	}
	secret := w.secretOf("ada@example.com", "Confirm your email address")
	if err := w.users.Verify(t.Context(), secret, accounts.Knows{Password: "not the right one"}); !errors.Is(err, accounts.ErrCredentials) {
		t.Errorf("Verify with a wrong password = %v, want ErrCredentials", err)
	}
	if got := w.users.HashWork() - before; got != 8 {
		t.Errorf("a wrong password at a good link costs %d KiB of hashing, want the 8 of any other", got)
	}
}

// LG-1: only the right password tells that an address waits to be confirmed.
func TestOnlyTheRightPasswordTellsOfAnUnverifiedAccount(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.cfg.RequireVerified = true
		users := accounts.New(w.cfg)
		if _, err := users.Login(t.Context(), accounts.Credentials{Email: "ada@example.com", Password: "not the right one"}); err != accounts.ErrCredentials {
			t.Errorf("Login with a wrong password = %v, want the bare ErrCredentials", err)
		}
		_, err := users.Login(t.Context(), accounts.Credentials{Email: "ada@example.com", Password: password})
		if waiting, ok := errors.AsType[*accounts.UnverifiedError](err); !ok || waiting.Email != "ada@example.com" || !errors.Is(err, accounts.ErrCredentials) {
			t.Errorf("Login with the right one = %v, want an UnverifiedError", err)
		}
		if err := users.Verify(t.Context(), w.secretOf("ada@example.com", "Confirm your email address"), accounts.Knows{Password: password}); err != nil {
			t.Fatal(err)
		}
		w.login(users)
	})
}

// RS-5, PW-7: on the instance of the reset at once, on the others with their next look.
func TestAResetEndsEverySession(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		other := w.Instance()
		a, b := w.login(w.users), w.login(w.users)
		w.Want(other, b.Cookie, authtest.Look, auth.StateOK, "")
		if err := w.users.Forgot(t.Context(), "ADA@example.com "); err != nil {
			t.Fatal(err)
		}
		_, secret := w.last("Choose a new password")
		if err := w.users.Reset(t.Context(), secret, "nine loud trains at dusk"); err != nil {
			t.Fatal(err)
		}
		w.last("Your password was changed")
		for _, cookie := range []string{a.Cookie, b.Cookie} {
			w.Want(w.A, cookie, authtest.Look, auth.StateEnded, auth.ReasonPassword)
		}
		if err := other.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Want(other, b.Cookie, authtest.Look, auth.StateEnded, auth.ReasonPassword)
		u, _, err := w.store.UserByEmail(t.Context(), "ada@example.com")
		if err != nil || !u.EmailVerifiedAt.Equal(w.Now()) {
			t.Errorf("the address is verified at %v, %v, want now", u.EmailVerifiedAt, err)
		}
	})
}

// RS-2: a link that is followed while the password changes elsewhere is void.
func TestALoginSeesAReset(t *testing.T) {
	w := newWorld(t, "jwt")
	if err := w.users.Forgot(t.Context(), "ada@example.com"); err != nil {
		t.Fatal(err)
	}
	_, secret := w.last("Choose a new password")
	if err := w.users.SendLink(t.Context(), "ada@example.com", ""); err != nil {
		t.Fatal(err)
	}
	_, link := w.last("Your link to sign in")
	if err := w.users.Reset(t.Context(), secret, "nine loud trains at dusk"); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"Reset":    w.users.Reset(t.Context(), secret, "ten loud trains at dusk"),
		"Verify":   w.users.Verify(t.Context(), w.secretOf("ada@example.com", "Confirm your email address"), accounts.Knows{Password: password}),
		"OpenLink": second(w.users.OpenLink(t.Context(), accounts.LinkLogin{Secret: link})),
	} {
		if !errors.Is(err, accounts.ErrToken) {
			t.Errorf("%s after a reset = %v, want ErrToken", name, err)
		}
	}
}

func second(_ auth.Issued, _ bool, err error) error { return err }

// RS-1, SE-3: the database holds no secret that opens a link.
func TestTokensAreStoredHashed(t *testing.T) {
	w := newWorld(t, "jwt")
	secret := w.secretOf("ada@example.com", "Confirm your email address")
	if _, err := w.users.FindToken(t.Context(), accounts.PurposeVerify, secret); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.FindToken(t.Context(), []byte(secret), accounts.PurposeVerify, w.Now()); !errors.Is(err, accounts.ErrToken) {
		t.Errorf("the store finds a token by its secret: %v", err)
	}
}

func TestExpiredTokensAreCollected(t *testing.T) {
	w := newWorld(t, "jwt")
	w.Wait(accounts.VerifyLife + time.Millisecond)
	w.users.Collect(t.Context())
	if n, err := w.store.CollectTokens(t.Context(), w.Now().Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("%d expired tokens are left, %v, want none", n, err)
	}
}
