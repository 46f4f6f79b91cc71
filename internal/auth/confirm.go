package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Confirm is "sign out the other sessions and continue": it takes the
// confirmation of a LimitError, ends the session in the way that the user chose,
// or all of them, and begins one. The confirmation says who the user is and how
// they proved it, so login needs only Client and Current.
//
// end is the id of the session to sign out; "" = all that are in the way.
// ErrConfirmation if the confirmation is forged, too old, used, or about
// sessions that are no longer the ones in the way; a *LimitError if ending one
// does not make room.
func (s *Service) Confirm(ctx context.Context, confirmation, end string, login Login) (Issued, error) {
	said, err := s.confirmations.open(confirmation, s.Now())
	if err != nil {
		return Issued{}, err
	}
	login.UserID, login.Method = said.userID, said.method
	issued, err := s.begin(ctx, login, func(u User, live []Session) ([]Ending, error) {
		inTheWay := slices.DeleteFunc(slices.Clone(live), func(l Session) bool { return l.ID == login.Current.ID })
		if fingerprint(inTheWay) != said.sessions {
			return nil, ErrConfirmation
		}
		if end == "" {
			return admit(live, login.Current.ID, 1, PolicyEvict)
		}
		return admitWithout(end, live, inTheWay, login.Current.ID, limitOf(u, s.cfg.Limit))
	})
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrDisabled) {
		return Issued{}, ErrConfirmation // an account that was deleted or disabled has nothing to continue
	}
	return issued, s.confirmable(ctx, login, err)
}

// admitWithout is admit once the chosen session has ended.
func admitWithout(chosen string, live, inTheWay []Session, replaced string, limit int) ([]Ending, error) {
	isChosen := func(l Session) bool { return l.ID == chosen }
	if !slices.ContainsFunc(inTheWay, isChosen) {
		return nil, ErrConfirmation
	}
	end, err := admit(slices.DeleteFunc(slices.Clone(live), isChosen), replaced, limit, PolicyDeny)
	if full, ok := errors.AsType[*LimitError](err); ok {
		full.Live = inTheWay // the transaction is rolled back: the chosen one is still in the way
		return nil, full
	}
	return append(end, Ending{chosen, ReasonLimit}), err
}

// confirmable gives a LimitError its confirmation.
func (s *Service) confirmable(ctx context.Context, login Login, err error) error {
	full, ok := errors.AsType[*LimitError](err)
	if !ok {
		return err
	}
	full.Confirmation = s.confirmations.mint(confirmation{login.UserID, login.Method, fingerprint(full.Live)}, s.Now())
	s.record(ctx, "authn_login_session_limit", login.UserID, "")
	return full
}

// confirmation says that this user proved who they are less than two minutes
// ago, and names the very set of sessions that were in the way. Using it ends at
// least one of them, so the set is never the same again and the confirmation
// cannot be used twice: no table of used ones is needed. The set is compared
// under the user's row lock, where it stands still.
type confirmation struct {
	userID   string
	method   Method
	sessions string // the fingerprint of the sessions in the way
}

// confirmations signs and reads them, so that a lost phone does not lock its
// owner out under the deny policy.
type confirmations struct{ signer signer }

const confirmationLife = 2 * time.Minute

func newConfirmations(secrets []string) (confirmations, error) {
	signer, err := newSigner("session limit confirmation", secrets)
	return confirmations{signer}, err
}

// mint writes user, method, expiry, fingerprint and MAC, with dots between.
func (c confirmations) mint(said confirmation, now time.Time) string {
	expires := strconv.FormatInt(now.Add(confirmationLife).Unix(), 10)
	return c.signer.sign(strings.Join([]string{said.userID, string(said.method), expires, said.sessions}, "."))
}

// open reads a confirmation. ErrConfirmation if it is not ours or too old; that
// is known without the database.
func (c confirmations) open(text string, now time.Time) (confirmation, error) {
	payload, ok := c.signer.verify(text)
	parts := strings.Split(payload, ".")
	if !ok || len(parts) != 4 {
		return confirmation{}, ErrConfirmation
	}
	expires, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || now.Unix() >= expires {
		return confirmation{}, ErrConfirmation
	}
	return confirmation{parts[0], Method(parts[1]), parts[3]}, nil
}

// fingerprint is the same for the same sessions in any order.
func fingerprint(sessions []Session) string {
	ids := make([]string, len(sessions))
	for i, s := range sessions {
		ids[i] = s.ID
	}
	slices.Sort(ids)
	return fmt.Sprintf("%x", hashToken(strings.Join(ids, "\n")))
}
