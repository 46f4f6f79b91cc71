package accounts_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

func TestLogin(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.users)
		r := w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateOK, "")
		if r.Session.ID != issued.Session.ID || r.Session.User.Email != "ada@example.com" || r.Session.User.Name != "Ada" {
			t.Errorf("the cookie is %s's session %s, want Ada's %s", r.Session.User.Email, r.Session.ID, issued.Session.ID)
		}
		if issued.Session.Method != auth.MethodPassword {
			t.Errorf("Method = %q, want %q", issued.Session.Method, auth.MethodPassword)
		}
	})
}

func TestADisabledAccountIsOut(t *testing.T) { // SE-8
	both(t, func(t *testing.T, w *world) {
		issued := w.login(w.users)
		if err := w.users.Disable(t.Context(), "ada@example.com"); err != nil {
			t.Fatal(err)
		}
		w.Want(w.A, issued.Cookie, authtest.Look, auth.StateEnded, auth.ReasonAdmin)
	})
}

func TestWrongCredentialsLookTheSame(t *testing.T) { // LG-1
	both(t, func(t *testing.T, w *world) {
		for _, c := range []accounts.Credentials{
			{Email: "ada@example.com", Password: "seven quiet ships at noom"},
			{Email: "ada@example.com", Password: ""},
			{Email: "nobody@example.com", Password: password},
			{Email: "no address", Password: password},
			{Email: "ada@example.com", Password: "\xff"},
		} {
			_, err := w.users.Login(t.Context(), c)
			if err != accounts.ErrCredentials {
				t.Errorf("Login(%q, %q) = %v, want the bare ErrCredentials", c.Email, c.Password, err)
			}
		}
		if err := w.users.Disable(t.Context(), "ada@example.com"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.users.Login(t.Context(), accounts.Credentials{Email: "ada@example.com", Password: password}); err != accounts.ErrCredentials {
			t.Errorf("Login of a disabled account = %v, want the bare ErrCredentials", err)
		}
	})
}

func TestOneAccountWhateverTheSpelling(t *testing.T) { // LG-4, PW-4
	w := newWorld(t, "jwt")
	for _, email := range []string{"ADA@example.com", " ada@example.com ", "ada＠example.com"} {
		if _, err := w.users.Login(t.Context(), accounts.Credentials{Email: email, Password: password}); err != nil {
			t.Errorf("Login(%q) = %v, want Ada's account", email, err)
		}
		_, err := w.users.Register(t.Context(), accounts.Registration{Email: email, Password: "another good one, this"})
		if !errors.Is(err, accounts.ErrEmailTaken) {
			t.Errorf("Register(%q) = %v, want ErrEmailTaken", email, err)
		}
	}
}

func TestRegisterSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t, "jwt")
	_, err := w.users.Register(t.Context(), accounts.Registration{Name: "a\x07b", Email: "nope", Password: "short"})
	invalid, ok := errors.AsType[accounts.Invalid](err)
	if !ok || len(invalid) != 3 {
		t.Fatalf("Register = %v, want all three fields named", err)
	}
	for _, field := range []string{"name", "email", "password"} {
		if invalid[field] == "" {
			t.Errorf("Register says nothing of the %s", field)
		}
	}
}

func TestAnOldHashIsRenewedAtLogin(t *testing.T) { // PW-2
	w := newWorld(t, "jwt")
	_, before, _ := w.store.UserByEmail(t.Context(), "ada@example.com")
	w.cfg.Hash = accounts.HashParams{MemoryKiB: 16, Passes: 1, Lanes: 1}
	w.login(accounts.New(w.cfg))
	_, after, _ := w.store.UserByEmail(t.Context(), "ada@example.com")
	if before == after {
		t.Error("the hash is the same after a login under new parameters, want it renewed")
	}
	w.login(accounts.New(w.cfg))
	if _, again, _ := w.store.UserByEmail(t.Context(), "ada@example.com"); again != after {
		t.Error("an up-to-date hash was renewed")
	}
}

// meddler is a store in which something happens between the verification of a
// password and the login's transaction.
type meddler struct {
	accounts.Store
	between func()
}

func (m *meddler) UserByEmail(ctx context.Context, email string) (auth.User, string, error) {
	u, hash, err := m.Store.UserByEmail(ctx, email)
	if m.between != nil {
		m.between()
		m.between = nil
	}
	return u, hash, err
}

func TestALoginSeesWhatChangedSinceThePasswordWasVerified(t *testing.T) { // PW-7
	both(t, func(t *testing.T, w *world) {
		other, err := w.users.Register(t.Context(), accounts.Registration{Email: "bob@example.com", Password: "nine loud trains at dusk"})
		if err != nil {
			t.Fatal(err)
		}
		_, bobs, _ := w.store.UserByEmail(t.Context(), "bob@example.com")
		ada, adas, _ := w.store.UserByEmail(t.Context(), "ada@example.com")
		meddling := &meddler{Store: w.store}
		w.cfg.Store = meddling
		users := accounts.New(w.cfg)

		meddling.between = func() { w.store.ReplacePasswordHash(t.Context(), ada.ID, adas, bobs) } // another password
		if _, err := users.Login(t.Context(), accounts.Credentials{Email: ada.Email, Password: password}); err != accounts.ErrCredentials {
			t.Errorf("Login whose password is changed meanwhile = %v, want ErrCredentials", err)
		}

		w.store.ReplacePasswordHash(t.Context(), ada.ID, bobs, adas)
		w.cfg.Hash = accounts.HashParams{MemoryKiB: 16, Passes: 1, Lanes: 1}
		renewed, err := accounts.NewHasher(w.cfg.Hash, nil).Hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		meddling.between = func() { w.store.ReplacePasswordHash(t.Context(), ada.ID, adas, renewed) } // the same password, hashed anew
		if _, err := users.Login(t.Context(), accounts.Credentials{Email: ada.Email, Password: password}); err != nil {
			t.Errorf("Login whose hash is renewed meanwhile = %v, want a session", err)
		}

		meddling.between = func() { w.users.Disable(t.Context(), other.Email) }
		if _, err := users.Login(t.Context(), accounts.Credentials{Email: other.Email, Password: "nine loud trains at dusk"}); err != accounts.ErrCredentials {
			t.Errorf("Login whose account is disabled meanwhile = %v, want ErrCredentials", err)
		}
	})
}

func TestAConfirmationDoesNotOutliveWhatWasProved(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.Cfg.Policy, w.Cfg.Limit = auth.PolicyDeny, 1
		w.cfg.Sessions = w.Instance()
		users := accounts.New(w.cfg)
		w.login(users)
		ada, hash, _ := w.store.UserByEmail(t.Context(), "ada@example.com")
		confirmation := func() string {
			_, err := users.Login(t.Context(), accounts.Credentials{Email: ada.Email, Password: password})
			full, ok := errors.AsType[*auth.LimitError](err)
			if !ok {
				t.Fatalf("Login = %v, want ErrSessionLimit", err)
			}
			return full.Confirmation
		}
		changed := confirmation()
		w.store.ReplacePasswordHash(t.Context(), ada.ID, hash, "$argon2id$another")
		if _, err := w.cfg.Sessions.Confirm(t.Context(), changed, "", auth.Login{}); err != auth.ErrConfirmation {
			t.Errorf("Confirm after a change of the password = %v, want ErrConfirmation", err)
		}
		w.store.ReplacePasswordHash(t.Context(), ada.ID, "$argon2id$another", hash)
		disabled := confirmation()
		if err := users.Disable(t.Context(), ada.Email); err != nil {
			t.Fatal(err)
		}
		if _, err := w.cfg.Sessions.Confirm(t.Context(), disabled, "", auth.Login{}); err != auth.ErrConfirmation {
			t.Errorf("Confirm of a disabled user = %v, want ErrConfirmation", err)
		}
	})
}

func TestADisabledAccountIsNotEdited(t *testing.T) {
	w := newWorld(t, "jwt")
	ada, _, _ := w.store.UserByEmail(t.Context(), "ada@example.com")
	if err := w.users.Disable(t.Context(), ada.Email); err != nil {
		t.Fatal(err)
	}
	name := "Mallory"
	if err := w.users.EditUser(t.Context(), ada.ID, accounts.Edit{Name: &name}); !errors.Is(err, auth.ErrDisabled) {
		t.Errorf("EditUser of a disabled user = %v, want ErrDisabled", err)
	}
	if err := w.users.EditUser(t.Context(), "nobody", accounts.Edit{Name: &name}); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("EditUser of a deleted user = %v, want ErrNotFound", err)
	}
}

// LG-2, PW-2: the work tells nothing of an account.
func TestEveryLoginCostsTheSameWork(t *testing.T) {
	w := newWorld(t, "jwt")
	w.cfg.Hash = accounts.HashParams{MemoryKiB: 64, Passes: 3, Lanes: 1}
	users := accounts.New(w.cfg)
	sum := "$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
	for name, hash := range map[string]string{
		"today": "$argon2id$v=19$m=64,t=3,p=1" + sum, "cheaper": "$argon2id$v=19$m=8,t=1,p=1" + sum, "fewer": "$argon2id$v=19$m=64,t=1,p=1" + sum,
		"smaller": "$argon2id$v=19$m=24,t=3,p=1" + sum, "wider": "$argon2id$v=19$m=32,t=1,p=4" + sum,
		"bcrypt": "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "garbage": "garbage", "cut": "$argon2id$v=19$m=64,t=3,p=1$c2Fs", "none": "",
	} {
		u := auth.User{ID: name, Email: name + "@example.com", CreatedAt: w.Now(), UpdatedAt: w.Now()}
		if err := w.store.CreateUser(t.Context(), u, hash); err != nil {
			t.Fatal(err)
		}
	}
	disabled := auth.User{ID: "disabled", Email: "disabled@example.com", DisabledAt: w.Now(), CreatedAt: w.Now(), UpdatedAt: w.Now()}
	w.store.CreateUser(t.Context(), disabled, "$argon2id$v=19$m=64,t=3,p=1"+sum)

	const today = 64 * 3
	for _, name := range []string{"today", "cheaper", "fewer", "smaller", "wider", "bcrypt", "garbage", "cut", "none", "disabled", "nobody", "no address"} {
		before := users.HashWork()
		_, err := users.Login(t.Context(), accounts.Credentials{Email: name + "@example.com", Password: "not the right one"})
		if err != accounts.ErrCredentials {
			t.Errorf("Login to %q = %v, want the bare ErrCredentials", name, err)
		}
		if got := users.HashWork() - before; got < today-today/10 || got > today+today/10 {
			t.Errorf("Login to %q costs %d KiB of hashing, want about %d", name, got, today)
		}
	}
}

// DO-4: what no password can be is not hashed.
func TestAPasswordOverTheCapIsNotHashed(t *testing.T) {
	w := newWorld(t, "jwt")
	before := w.users.HashWork()
	for _, typed := range []string{strings.Repeat("x", 4096), "broken \xff text of a password"} {
		if _, err := w.users.Login(t.Context(), accounts.Credentials{Email: "ada@example.com", Password: typed}); !errors.Is(err, accounts.ErrCredentials) {
			t.Errorf("Login with %d bytes = %v, want ErrCredentials", len(typed), err)
		}
	}
	if got := w.users.HashWork() - before; got != 0 {
		t.Errorf("passwords that cannot be cost %d KiB of hashing, want none", got)
	}
}

// LG-1: otherwise the time of a sign-up would tell whether the address is taken.
func TestSigningUpCostsTheSameWorkForATakenAddress(t *testing.T) {
	w := newWorld(t, "jwt")
	cost := func(email string, want error) uint64 {
		before := w.users.HashWork()
		_, err := w.users.Register(t.Context(), accounts.Registration{Email: email, Password: "nine loud trains at dusk"})
		if !errors.Is(err, want) {
			t.Fatalf("Register(%s) = %v, want %v", email, err, want)
		}
		return w.users.HashWork() - before
	}
	if free, taken := cost("new@example.com", nil), cost("ada@example.com", accounts.ErrEmailTaken); free != taken || taken == 0 {
		t.Errorf("signing up costs %d KiB of hashing, and %d with a taken address, want the same", free, taken)
	}
}
