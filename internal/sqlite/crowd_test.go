package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth/authtest"
)

func TestFiftyThousandSessionsOfOneUser(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	authtest.RunCrowd(t, func(t *testing.T) (authtest.Backend, func(string, int, time.Time)) {
		s := open(t, filepath.Join(t.TempDir(), "app.db"))
		return accountstest.WithHash{Backend: s}, func(userID string, sessions int, now time.Time) {
			_, err := s.writer.ExecContext(t.Context(), `
				WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < $4)
				INSERT INTO sessions (id, user_id, created_at, authenticated_at, last_seen_at, expires_at, absolute_expires_at, ip, user_agent)
				SELECT hex(randomblob(16)), $1, $2, $2, $2 - n * 1000, $3, $3, '192.0.2.1', 'Browser' FROM series`,
				userID, moment(now.Add(-time.Hour)), moment(now.Add(time.Hour)), sessions)
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
