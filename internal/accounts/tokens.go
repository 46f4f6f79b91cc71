package accounts

import (
	"context"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/mail"
)

// Tokens keeps what the links in mails carry, and changes what a user proves
// themselves with. accountstest.RunTokens checks what is said here. What Store says
// of errors, times and durability holds here too.
type Tokens interface {
	// Send writes letters to a user who exists. ErrNotFound if they do not. Of a
	// purpose a user has one token, of PurposeUndo one for each address: a new one
	// takes the place of the one before.
	Send(ctx context.Context, letters ...Letter) error

	// FindToken returns a token that can be spent at now, and spends nothing.
	// ErrToken if there is none.
	FindToken(ctx context.Context, hash []byte, purpose Purpose, now time.Time) (Token, error)

	// SpendToken locks the row of the token's user, deletes the token by one statement
	// that only one of many at the same time carries out, asks plan what to do and does
	// it, all in one transaction. ErrToken if there is no such token at now; an error of
	// plan rolls back, the token included, and is returned as it is. The user that plan
	// gets has their Credential. Where the database has a transaction tried again, plan
	// is asked again.
	SpendToken(ctx context.Context, hash []byte, purpose Purpose, now time.Time, plan func(auth.User, Token) (Change, error)) ([]auth.Change, error)

	// ChangeAccount does the same without a token. ErrNotFound if there is no such
	// user.
	ChangeAccount(ctx context.Context, userID string, now time.Time, plan func(auth.User) (Change, error)) ([]auth.Change, error)

	// CollectTokens deletes the tokens that expired before the given time.
	CollectTokens(ctx context.Context, before time.Time) (int, error)
}

// Token is what a link in a mail carries, as the database keeps it.
type Token struct {
	Hash      []byte // SHA-256 of the 256 random bits in the link
	Purpose   Purpose
	UserID    string
	Email     string // the address that the mail went to, canonical
	Data      string // what else its purpose needs; "" = nothing
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Purpose is what a token is good for. It is good for nothing else.
type Purpose string

// PurposeUndo gives a user the address back that they had. Its tokens outlive every
// change of the account but an undo: somebody who has taken an account over changes its
// address and then its password, perhaps twice.
const PurposeUndo Purpose = "undo"

// Letter is a mail with the token that its link carries. Both are written in the
// transaction of what the mail tells of.
type Letter struct {
	Token *Token // nil = the mail has no such link
	Mail  mail.Queued
}

// Change is what becomes of an account. What is zero stays as it is. A new password, the
// end of the old one and a new address void the tokens of the user that are not in
// Letters, but those of PurposeUndo.
type Change struct {
	PasswordHash string
	NoPassword   bool      // the user has no password from now on; PasswordHash is ""
	Email        string    // ErrEmailTaken if another account has it
	VerifiedAt   time.Time // when the user proved that the address is theirs
	VoidUndo     bool      // together with Email: the tokens of PurposeUndo are void as well
	Delete       bool      // the account and all that belongs to it

	End    auth.Reason // why the user's sessions end; "" = they do not
	Except string      // the id of a session that does not end; "" = none

	Letters []Letter
}

// Voids reports a change after which a link that is already in a mailbox must be of no
// use.
func (c Change) Voids() bool {
	return c.PasswordHash != "" || c.NoPassword || c.Email != "" || c.Delete
}

// Writes reports a change of the user's row.
func (c Change) Writes() bool {
	return c.PasswordHash != "" || c.NoPassword || c.Email != "" || !c.VerifiedAt.IsZero()
}
