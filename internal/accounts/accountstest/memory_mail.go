package accountstest

import (
	"context"
	"slices"
	"time"

	"latchkey/internal/auth/authtest"
	"latchkey/internal/mail"
)

var _ mail.Store = (*Store)(nil)

// AddMail implements mail.Store.
func (s *Store) AddMail(ctx context.Context, q mail.Queued) error {
	return s.Do(ctx, "add mail", func(*authtest.Tables) error {
		s.Mail = append(s.Mail, q)
		return nil
	})
}

// ClaimMail implements mail.Store.
func (s *Store) ClaimMail(ctx context.Context, now, until time.Time, limit int) (claimed []mail.Queued, err error) {
	err = s.Do(ctx, "claim mail", func(*authtest.Tables) error {
		slices.SortStableFunc(s.Mail, func(a, b mail.Queued) int { return a.NextTry.Compare(b.NextTry) })
		for i := range s.Mail {
			if q := &s.Mail[i]; len(claimed) < limit && !q.NextTry.IsZero() && !q.NextTry.After(authtest.Millis(now)) {
				q.NextTry = authtest.Millis(until)
				claimed = append(claimed, *q)
			}
		}
		return nil
	})
	return claimed, err
}

// MailDone implements mail.Store.
func (s *Store) MailDone(ctx context.Context, id string, keep bool) error {
	return s.Do(ctx, "end mail", func(*authtest.Tables) error {
		for i := range s.Mail {
			if s.Mail[i].ID == id && keep {
				s.Mail[i].NextTry = time.Time{}
			}
		}
		if !keep {
			s.Mail = slices.DeleteFunc(s.Mail, func(q mail.Queued) bool { return q.ID == id })
		}
		return nil
	})
}

// RetryMail implements mail.Store.
func (s *Store) RetryMail(ctx context.Context, claimed mail.Queued, next time.Time, tries int) error {
	return s.Do(ctx, "retry mail", func(*authtest.Tables) error {
		for i := range s.Mail {
			if q := &s.Mail[i]; q.ID == claimed.ID && q.NextTry.Equal(claimed.NextTry) {
				q.NextTry, q.Tries = authtest.Millis(next), tries
			}
		}
		return nil
	})
}

// ListMail implements mail.Store.
func (s *Store) ListMail(ctx context.Context, to string, limit, offset int) (list []mail.Queued, err error) {
	err = s.Do(ctx, "list mail", func(*authtest.Tables) error {
		for _, q := range s.newestFirst() {
			if to == "" || q.To == to {
				list = append(list, q)
			}
		}
		list = list[min(offset, len(list)):]
		list = list[:min(limit, len(list))]
		return nil
	})
	return list, err
}

func (s *Store) newestFirst() []mail.Queued {
	return slices.SortedStableFunc(slices.Values(s.Mail), func(a, b mail.Queued) int { return b.At.Compare(a.At) })
}

// FindMail implements mail.Store.
func (s *Store) FindMail(ctx context.Context, id string) (found mail.Queued, ok bool, err error) {
	err = s.Do(ctx, "find mail", func(*authtest.Tables) error {
		i := slices.IndexFunc(s.Mail, func(q mail.Queued) bool { return q.ID == id })
		if ok = i >= 0; ok {
			found = s.Mail[i]
		}
		return nil
	})
	return found, ok, err
}

// CollectMail implements mail.Store.
func (s *Store) CollectMail(ctx context.Context, before time.Time, keep int) (n int, err error) {
	err = s.Do(ctx, "collect mail", func(*authtest.Tables) error {
		var left []mail.Queued
		shown := 0
		for _, q := range s.newestFirst() {
			if q.NextTry.IsZero() {
				shown++
			}
			if q.At.Before(authtest.Millis(before)) || q.NextTry.IsZero() && shown > keep {
				n++
				continue
			}
			left = append(left, q)
		}
		s.Mail = left
		return nil
	})
	return n, err
}
