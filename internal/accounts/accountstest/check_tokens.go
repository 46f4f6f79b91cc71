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

func letterIsWritten(t *testing.T, f *tokenFixture) {
	u := f.User()
	token := f.sent(u, "reset")
	f.wantToken(token, authtest.Noon, true)
	f.wantMails(u.Email, 1)
	f.Ok(f.tokens.Send(t.Context(), accounts.Letter{Mail: f.mail(u.Email)}, f.letter(f.token(u, "link"))))
	f.wantMails(u.Email, 3)
	f.wantToken(token, authtest.Noon, true)

	silent := f.token(u, "verify")
	f.Ok(f.tokens.Send(t.Context(), accounts.Letter{Token: &silent}))
	f.wantToken(silent, authtest.Noon, true)
	f.wantMails(u.Email, 3)
}

func letterNeedsUser(t *testing.T, f *tokenFixture) {
	u := f.User()
	token := f.token(auth.User{ID: "nobody", Email: "nobody@example.com"}, "reset")
	err := f.tokens.Send(t.Context(), f.letter(f.token(u, "reset")), f.letter(token))
	f.WantError("Send to nobody", err, auth.ErrNotFound)
	f.wantToken(token, authtest.Noon, false)
	f.wantMails(token.Email, 0)
	f.wantMails(u.Email, 0) // all letters or none
}

func newerTokenCounts(t *testing.T, f *tokenFixture) {
	u, other := f.User(), f.User()
	older, link, others := f.sent(u, "reset"), f.sent(u, "link"), f.sent(other, "reset")
	newer := f.sent(u, "reset")
	f.wantToken(older, authtest.Noon, false)
	for _, token := range []accounts.Token{newer, link, others} {
		f.wantToken(token, authtest.Noon, true)
	}
}

func accountBringsLetters(t *testing.T, f *tokenFixture) {
	u := auth.User{ID: "new", Email: "new@example.com", CreatedAt: authtest.Noon, UpdatedAt: authtest.Noon}
	token := f.token(u, "verify")
	f.Ok(f.accounts.CreateUser(t.Context(), u, "hash", f.letter(token)))
	f.wantToken(token, authtest.Noon, true)
	f.wantMails(u.Email, 1)

	second := auth.User{ID: "second", Email: u.Email, CreatedAt: authtest.Noon, UpdatedAt: authtest.Noon}
	refused := f.token(second, "verify")
	f.WantError("CreateUser of a taken address", f.accounts.CreateUser(t.Context(), second, "hash", f.letter(refused)), accounts.ErrEmailTaken)
	f.wantToken(refused, authtest.Noon, false)
	f.wantToken(token, authtest.Noon, true)
	f.wantMails(u.Email, 1)
}

func tokenHasBounds(t *testing.T, f *tokenFixture) { // RS-1, RS-3
	u := f.User()
	token := f.sent(u, "reset")
	last, end := token.ExpiresAt.Add(-time.Millisecond), token.ExpiresAt
	f.wantToken(token, last, true)
	f.wantToken(token, end, false)
	for _, purpose := range []accounts.Purpose{"verify", "", "Reset", "reset "} {
		other := token
		other.Purpose = purpose
		f.wantToken(other, last, false)
		_, err := f.spend(other, last, accounts.Change{})
		f.WantError("SpendToken of another purpose", err, accounts.ErrToken)
	}
	for _, hash := range [][]byte{nil, {}, token.Hash[:31], append([]byte{0}, token.Hash...)} {
		other := token
		other.Hash = hash
		f.wantToken(other, last, false)
		_, err := f.spend(other, last, accounts.Change{})
		f.WantError("SpendToken with another hash", err, accounts.ErrToken)
	}
	_, err := f.spend(token, end, accounts.Change{PasswordHash: "late"})
	f.WantError("SpendToken at its end", err, accounts.ErrToken)
	f.wantHash(u, "hash of "+u.ID)
	_, err = f.spend(token, last, accounts.Change{PasswordHash: "in time"})
	f.Ok(err)
	f.wantHash(u, "in time")
}

func tokenIsSpent(t *testing.T, f *tokenFixture) {
	u := f.User()
	token := f.sent(u, "verify")
	asked := 0
	_, err := f.tokens.SpendToken(t.Context(), token.Hash, "verify", authtest.At(time.Minute), func(got auth.User, spent accounts.Token) (accounts.Change, error) {
		asked++
		f.WantEqual("the credential that the plan sees", got.Credential, auth.CredentialOf("hash of "+u.ID))
		got.Credential = ""
		f.WantEqual("the user that the plan sees", got, u)
		f.WantEqual("the token that the plan sees", spent, token)
		return accounts.Change{VerifiedAt: authtest.At(time.Minute)}, nil
	})
	f.Ok(err)
	f.wantToken(token, authtest.At(time.Minute), false)
	got, _, err := f.accounts.UserByEmail(t.Context(), u.Email)
	f.Ok(err)
	u.EmailVerifiedAt, u.UpdatedAt = authtest.At(time.Minute), authtest.At(time.Minute)
	f.WantEqual("the user afterwards", got, u)

	_, err = f.tokens.SpendToken(t.Context(), token.Hash, "verify", authtest.At(time.Minute), func(auth.User, accounts.Token) (accounts.Change, error) {
		asked++
		return accounts.Change{}, nil
	})
	f.WantError("SpendToken once more", err, accounts.ErrToken)
	f.WantEqual("times that a plan was asked", asked, 1)
}

func planRollsBack(t *testing.T, f *tokenFixture) {
	u, refused := f.User(), errors.New("no")
	token := f.sent(u, "reset")
	_, err := f.tokens.SpendToken(t.Context(), token.Hash, "reset", authtest.Noon, func(auth.User, accounts.Token) (accounts.Change, error) {
		return accounts.Change{PasswordHash: "never", Letters: []accounts.Letter{{Mail: f.mail(u.Email)}}}, refused
	})
	f.WantEqual("the error of SpendToken", err, refused)
	f.wantToken(token, authtest.Noon, true)
	_, err = f.tokens.ChangeAccount(t.Context(), u.ID, authtest.Noon, func(auth.User) (accounts.Change, error) {
		return accounts.Change{PasswordHash: "never"}, refused
	})
	f.WantEqual("the error of ChangeAccount", err, refused)
	f.wantToken(token, authtest.Noon, true)
	f.wantHash(u, "hash of "+u.ID)
	f.wantMails(u.Email, 1)
}

// racers is how many submit at once.
const racers = 32

func submitsRace(t *testing.T, f *tokenFixture) { // RS-2
	for range 5 {
		u := f.User()
		token := f.sent(u, "reset")
		var racing sync.WaitGroup
		var won atomic.Int32
		start := make(chan struct{})
		for range racers {
			change := accounts.Change{PasswordHash: f.Unique("hash"), Letters: []accounts.Letter{{Mail: f.mail(u.Email)}}}
			racing.Go(func() {
				<-start
				switch _, err := f.spend(token, authtest.Noon, change); {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, accounts.ErrToken):
					t.Errorf("SpendToken in a race = %v, want nil or ErrToken", err)
				}
			})
		}
		close(start)
		racing.Wait()
		f.WantEqual("submits that won", won.Load(), int32(1))
		f.wantMails(u.Email, 2) // that with the link, and that of the one who won
	}
}

// submitRacesChange also fails a store that locks the token's row before the user's:
// two transactions that wait for each other take a second to be told apart.
func submitRacesChange(t *testing.T, f *tokenFixture) {
	for range 20 {
		u := f.User()
		token := f.sent(u, "reset")
		var racing sync.WaitGroup
		var spent atomic.Bool
		start := make(chan struct{})
		began := time.Now()
		racing.Go(func() {
			<-start
			_, err := f.spend(token, authtest.Noon, accounts.Change{PasswordHash: "by the link"})
			if err != nil && !errors.Is(err, accounts.ErrToken) {
				t.Errorf("SpendToken in a race = %v, want nil or ErrToken", err)
			}
			spent.Store(err == nil)
		})
		racing.Go(func() {
			<-start
			_, err := f.tokens.ChangeAccount(t.Context(), u.ID, authtest.Noon, func(got auth.User) (accounts.Change, error) {
				if got.Credential != auth.CredentialOf("hash of "+u.ID) {
					return accounts.Change{}, nil // the link came first
				}
				return accounts.Change{PasswordHash: "by the form"}, nil
			})
			f.WantError("ChangeAccount in a race", err, nil)
		})
		close(start)
		racing.Wait()
		if spent.Load() {
			f.wantHash(u, "by the link")
		} else {
			f.wantHash(u, "by the form")
		}
		if took := time.Since(began); took > 900*time.Millisecond {
			t.Logf("two changes of one user took %v", took)
		}
	}
}

func collectingTakesExpired(t *testing.T, f *tokenFixture) {
	u := f.User()
	early, late := f.token(u, "reset"), f.token(u, "link")
	late.ExpiresAt = early.ExpiresAt.Add(time.Millisecond)
	f.Ok(f.tokens.Send(t.Context(), f.letter(early), f.letter(late)))
	for _, step := range []struct {
		before time.Time
		want   int
	}{{early.ExpiresAt, 0}, {late.ExpiresAt, 1}, {late.ExpiresAt, 0}} {
		n, err := f.tokens.CollectTokens(t.Context(), step.before)
		f.Ok(err)
		f.WantEqual("tokens collected", n, step.want)
	}
	f.wantToken(early, authtest.Noon, false)
	f.wantToken(late, authtest.Noon, true)
}

func cancelledTokenCalls(t *testing.T, f *tokenFixture) {
	u := f.User()
	token := f.sent(u, "reset")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	change := accounts.Change{PasswordHash: "late"}
	for name, call := range map[string]func() error{
		"Send":      func() error { return f.tokens.Send(ctx, f.letter(f.token(u, "link"))) },
		"FindToken": func() error { _, err := f.tokens.FindToken(ctx, token.Hash, "reset", authtest.Noon); return err },
		"SpendToken": func() error {
			_, err := f.tokens.SpendToken(ctx, token.Hash, "reset", authtest.Noon, func(auth.User, accounts.Token) (accounts.Change, error) { return change, nil })
			return err
		},
		"ChangeAccount": func() error {
			_, err := f.tokens.ChangeAccount(ctx, u.ID, authtest.Noon, func(auth.User) (accounts.Change, error) { return change, nil })
			return err
		},
		"CollectTokens": func() error { _, err := f.tokens.CollectTokens(ctx, authtest.At(48*time.Hour)); return err },
	} {
		f.WantError(name+" of a caller who has gone", call(), context.Canceled)
	}
	f.wantToken(token, authtest.Noon, true)
	f.wantHash(u, "hash of "+u.ID)
	f.wantMails(u.Email, 1)
}
