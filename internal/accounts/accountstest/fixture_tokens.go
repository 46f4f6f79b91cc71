package accountstest

import (
	"crypto/sha256"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/mail"
)

// tokenFixture is the fixture with the tokens beside the accounts.
type tokenFixture struct {
	fixture
	tokens accounts.Tokens
	mails  func(to string) int // in the outbox
}

// mail is one that waits in the outbox.
func (f *tokenFixture) mail(to string) mail.Queued {
	return mail.Queued{ID: f.Unique("mail"), To: to, Sealed: "sealed", At: authtest.Noon, NextTry: authtest.Noon}
}

// wantMails checks how many mails to an address the outbox has.
func (f *tokenFixture) wantMails(to string, want int) {
	f.Helper()
	f.WantEqual("mails to "+to, f.mails(to), want)
}

// token is one of the user's that is good for an hour from Noon on.
func (f *tokenFixture) token(u auth.User, purpose accounts.Purpose) accounts.Token {
	hash := sha256.Sum256([]byte(f.Unique("token")))
	return accounts.Token{
		Hash: hash[:], Purpose: purpose, UserID: u.ID, Email: u.Email, Data: `data "of" ` + string(purpose),
		CreatedAt: authtest.Noon, ExpiresAt: authtest.At(time.Hour),
	}
}

// sent is a token of the user's that the store has.
func (f *tokenFixture) sent(u auth.User, purpose accounts.Purpose) accounts.Token {
	f.Helper()
	t := f.token(u, purpose)
	f.Ok(f.tokens.Send(f.Context(), f.letter(t)))
	return t
}

// letter is a mail to the token's address with the token.
func (f *tokenFixture) letter(t accounts.Token) accounts.Letter {
	return accounts.Letter{Token: &t, Mail: f.mail(t.Email)}
}

// wantToken checks whether a token can be spent at a time.
func (f *tokenFixture) wantToken(t accounts.Token, at time.Time, good bool) {
	f.Helper()
	got, err := f.tokens.FindToken(f.Context(), t.Hash, t.Purpose, at)
	if !good {
		f.WantError("FindToken("+string(t.Purpose)+")", err, accounts.ErrToken)
		return
	}
	f.Ok(err)
	f.WantEqual("FindToken("+string(t.Purpose)+")", got, t)
}

// spend spends a token with a plan that does c.
func (f *tokenFixture) spend(t accounts.Token, at time.Time, c accounts.Change) ([]auth.Change, error) {
	return f.tokens.SpendToken(f.Context(), t.Hash, t.Purpose, at, func(auth.User, accounts.Token) (accounts.Change, error) { return c, nil })
}

// change carries c out without a token.
func (f *tokenFixture) change(u auth.User, at time.Time, c accounts.Change) ([]auth.Change, error) {
	return f.tokens.ChangeAccount(f.Context(), u.ID, at, func(auth.User) (accounts.Change, error) { return c, nil })
}

func (f *tokenFixture) wantHash(u auth.User, want string) {
	f.Helper()
	_, got, err := f.accounts.UserByEmail(f.Context(), u.Email)
	f.Ok(err)
	f.WantEqual("the password hash", got, want)
}
