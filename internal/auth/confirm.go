package auth

import (
	"context"
	"errors"
	"slices"
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
