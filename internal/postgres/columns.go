package postgres

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
)

// sessionColumns are what scanSession reads, in its order: of sessions s, and
// of users u, all NULL once the account is deleted.
const sessionColumns = `s.id, s.token_hash, s.method, s.created_at, s.authenticated_at, s.last_seen_at, s.expires_at, s.absolute_expires_at,
	s.ended_at, s.end_reason, s.ip, s.user_agent,
	u.id, u.email, u.name, u.image, u.profile, u.email_verified_at, u.disabled_at, u.max_sessions, u.created_at, u.updated_at`

func scanSession(row scanner) (auth.Session, error) {
	var s auth.Session
	err := row.Scan(&s.ID, &s.TokenHash, &s.Method, (*stamp)(&s.CreatedAt), (*stamp)(&s.AuthenticatedAt), (*stamp)(&s.LastSeenAt),
		(*stamp)(&s.ExpiresAt), (*stamp)(&s.AbsoluteExpiresAt),
		(*stamp)(&s.EndedAt), (*text)(&s.EndReason), &s.IP, &s.UserAgent,
		(*text)(&s.User.ID), (*text)(&s.User.Email), (*text)(&s.User.Name), (*text)(&s.User.Image), (*document)(&s.User.Profile),
		(*stamp)(&s.User.EmailVerifiedAt), (*stamp)(&s.User.DisabledAt), &s.User.MaxSessions,
		(*stamp)(&s.User.CreatedAt), (*stamp)(&s.User.UpdatedAt))
	return s, err
}

// scanner is a pgx.Row or the pgx.Rows at one of its rows.
type scanner interface{ Scan(dest ...any) error }

// collect reads all rows and closes them.
func collect[T any](rows pgx.Rows, queryErr error, scan func(scanner) (T, error)) ([]T, error) {
	if queryErr != nil {
		return nil, queryErr
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (T, error) { return scan(row) })
}

// moment is a time to compare columns with. The zero time is before all others.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// stamp is a time in a column: UTC, whole milliseconds, the zero time as NULL.
type stamp time.Time

// Value implements driver.Valuer.
func (t stamp) Value() (driver.Value, error) {
	if time.Time(t).IsZero() {
		return nil, nil
	}
	return moment(time.Time(t)), nil
}

// Scan implements sql.Scanner.
func (t *stamp) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*t = stamp{}
	case time.Time:
		*t = stamp(moment(v))
	default:
		return fmt.Errorf("a time is stored as %T", value)
	}
	return nil
}

// text is a string in a column that may be NULL, which it is for "".
type text string

// Value implements driver.Valuer.
func (t text) Value() (driver.Value, error) {
	if t == "" {
		return nil, nil
	}
	return string(t), nil
}

// Scan implements sql.Scanner.
func (t *text) Scan(value any) error {
	var s sql.NullString
	err := s.Scan(value)
	*t = text(s.String)
	return err
}

// document is a user's profile in a column, as JSON. NULL is the empty one.
type document auth.Profile

// Value implements driver.Valuer.
func (d document) Value() (driver.Value, error) {
	text, err := json.Marshal(auth.Profile(d))
	return string(text), err
}

// Scan implements sql.Scanner.
func (d *document) Scan(value any) error {
	var s sql.NullString
	if err := s.Scan(value); err != nil || !s.Valid {
		*d = document{}
		return err
	}
	return json.Unmarshal([]byte(s.String), (*auth.Profile)(d))
}

// hash is a digest in a column, NULL where there is none.
func hash(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
