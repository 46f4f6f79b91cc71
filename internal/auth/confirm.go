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
	login.UserID, login.Method, login.Credential = said.userID, said.method, said.credential
	agreed := false // so that it holds for a second try
	issued, err := s.begin(ctx, login, func(u User, list Lister) ([]Ending, error) {
		inTheWay, others, err := list(Page{Limit: MostSessions, Except: login.Current.ID})
		if err != nil {
			return nil, err
		}
		if agreed = agreed || fingerprint(inTheWay) == said.sessions; !agreed {
			return nil, ErrConfirmation
		}
		if end == "" {
			return admit(list, login.Current.ID, 1, PolicyEvict)
		}
		return admitWithout(end, inTheWay, others, login.Current.ID, s.LimitOf(u))
	})
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrDisabled) || errors.Is(err, ErrCredentialChanged) {
		return Issued{}, ErrConfirmation // what was proved two minutes ago is no longer so
	}
	if err == nil {
		s.record(ctx, EventLoginSuccess, login.UserID, issued.Session.ID)
	}
	return issued, s.confirmable(ctx, login, err)
}

// admitWithout is admit under the deny policy once the chosen session has ended.
// others counts the sessions in the way.
func admitWithout(chosen string, inTheWay []Session, others int, replaced string, limit int) ([]Ending, error) {
	if !slices.ContainsFunc(inTheWay, func(l Session) bool { return l.ID == chosen }) {
		return nil, ErrConfirmation
	}
	if limit > 0 && others > limit { // the transaction is rolled back: the chosen one is still in the way
		return nil, &LimitError{Live: inTheWay, Limit: limit}
	}
	return append(replacing(replaced), Ending{chosen, ReasonLimit}), nil
}
