package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/accounts"
)

// AddSignIn implements accounts.History.
func (s *Store) AddSignIn(ctx context.Context, userID string, in accounts.SignIn, notice *accounts.Letter) error {
	return Error("add sign-in", s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := lockUser(ctx, tx, userID); err != nil {
			return err
		}
		if notice != nil {
			if err := noticeOldUser(ctx, tx, userID, *notice); err != nil {
				return err
			}
		}
		if in.Failed {
			if folded, err := foldFailure(ctx, tx, userID, in); folded || err != nil {
				return err
			}
		}
		var batch pgx.Batch
		batch.Queue(`
			INSERT INTO sign_ins (user_id, at, failed, times, method, ip, user_agent, known) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			userID, stamp(in.At), in.Failed, in.Times, string(in.Method), in.IP, in.UserAgent, in.Known)
		batch.Queue(`
			DELETE FROM sign_ins WHERE user_id = $1 AND failed = $2 AND id NOT IN (
				SELECT id FROM sign_ins WHERE user_id = $1 AND failed = $2 ORDER BY at DESC, id DESC LIMIT $3)`,
			userID, in.Failed, accounts.KeptSignIns)
		return tx.SendBatch(ctx, &batch).Close()
	}))
}

// noticeOldUser sends a notice to a user who has signed in before.
func noticeOldUser(ctx context.Context, tx pgx.Tx, userID string, notice accounts.Letter) error {
	var before bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM sign_ins WHERE user_id = $1 AND NOT failed)`, userID).Scan(&before)
	if err != nil || !before {
		return err
	}
	return insertLetters(ctx, tx, []accounts.Letter{notice})
}

// foldFailure counts a failure with the last one from its address, if that is not long ago.
func foldFailure(ctx context.Context, tx pgx.Tx, userID string, in accounts.SignIn) (folded bool, err error) {
	done, err := tx.Exec(ctx, `
		UPDATE sign_ins SET times = times + $1, at = $2, user_agent = $3
		WHERE id = (SELECT id FROM sign_ins WHERE user_id = $4 AND failed AND ip = $5 AND at > $6 ORDER BY at DESC, id DESC LIMIT 1)`,
		in.Times, stamp(in.At), in.UserAgent, userID, in.IP, moment(in.At.Add(-accounts.FoldFailures)))
	return done.RowsAffected() > 0, err
}

// SignIns implements accounts.History.
func (s *Store) SignIns(ctx context.Context, userID string) ([]accounts.SignIn, error) {
	list, err := retry(ctx, s, func() ([]accounts.SignIn, error) {
		rows, err := s.pool.Query(ctx, `
			SELECT at, failed, times, method, ip, user_agent, known FROM sign_ins
			WHERE user_id = $1 ORDER BY at DESC, id DESC`, userID)
		return collect(rows, err, scanSignIn)
	})
	return list, Error("list sign-ins", err)
}

func scanSignIn(row scanner) (in accounts.SignIn, err error) {
	err = row.Scan((*stamp)(&in.At), &in.Failed, &in.Times, (*string)(&in.Method), &in.IP, &in.UserAgent, &in.Known)
	return in, err
}
