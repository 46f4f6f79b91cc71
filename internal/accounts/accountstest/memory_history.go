package accountstest

import (
	"context"
	"slices"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

// AddSignIn implements accounts.History.
func (s *Store) AddSignIn(ctx context.Context, userID string, in accounts.SignIn, notice *accounts.Letter) error {
	return s.Do(ctx, "add sign-in", func(t *authtest.Tables) error {
		if t.Users[userID] == nil {
			return auth.ErrNotFound
		}
		in.At = authtest.Millis(in.At)
		list := s.signIns[userID]
		if notice != nil && slices.ContainsFunc(list, func(old accounts.SignIn) bool { return !old.Failed }) {
			s.insertLetters([]accounts.Letter{*notice})
		}
		last := slices.IndexFunc(list, func(old accounts.SignIn) bool {
			return in.Failed && old.Failed && old.IP == in.IP && old.At.After(in.At.Add(-accounts.FoldFailures))
		})
		if last >= 0 {
			in.Times += list[last].Times
			list = slices.Delete(list, last, last+1)
		}
		list = slices.Insert(list, 0, in)
		slices.SortStableFunc(list, func(a, b accounts.SignIn) int { return b.At.Compare(a.At) })
		kept := 0
		s.signIns[userID] = slices.DeleteFunc(list, func(old accounts.SignIn) bool {
			if old.Failed == in.Failed {
				kept++
			}
			return old.Failed == in.Failed && kept > accounts.KeptSignIns
		})
		return nil
	})
}

// SignIns implements accounts.History.
func (s *Store) SignIns(ctx context.Context, userID string) (list []accounts.SignIn, err error) {
	err = s.Do(ctx, "list sign-ins", func(*authtest.Tables) error {
		list = slices.Clone(s.signIns[userID])
		return nil
	})
	return list, err
}
