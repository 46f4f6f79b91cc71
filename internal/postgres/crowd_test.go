package postgres

import (
	"testing"
	"time"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/testenv"
)

func TestFiftyThousandSessionsOfOneUser(t *testing.T) {
	authtest.RunCrowd(t, func(t *testing.T) (authtest.Backend, func(string, int, time.Time)) {
		s := open(t, testenv.Postgres(t))
		return accountstest.WithHash{Backend: s}, func(userID string, sessions int, now time.Time) {
			_, err := s.pool.Exec(t.Context(), `
				INSERT INTO sessions (id, user_id, created_at, authenticated_at, last_seen_at, expires_at, absolute_expires_at, ip, user_agent)
				SELECT gen_random_uuid(), $1, $2, $2, $2::timestamptz - n * interval '1 second', $3, $3, '192.0.2.1', repeat('x', 120)
				FROM generate_series(1, $4) AS n`,
				userID, now.Add(-time.Hour), now.Add(time.Hour), sessions)
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// What a login evicts is what has not been seen for longest, also of very many.
func TestACrowdIsThinnedFromTheUnused(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	ada(t, s, 3000)
	_, err := s.pool.Exec(t.Context(), `UPDATE sessions SET last_seen_at = $1::timestamptz + substr(id, 9)::int * interval '1 second'`, noon)
	if err != nil {
		t.Fatal(err)
	}
	service, err := auth.New(auth.Config{
		Store: s, Strategy: "jwt", Secrets: []string{authtest.Secret}, CookieName: "authjs.session-token", Limit: 3,
		MaxAge: 24 * time.Hour, AbsoluteMaxAge: 72 * time.Hour, RenewAfter: 5 * time.Minute, Now: func() time.Time { return noon.Add(time.Minute) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := service.Begin(t.Context(), authtest.Ada); err != nil {
		t.Fatal(err)
	}
	for id, reason := range map[string]auth.Reason{"session-2999": "", "session-2998": "", "session-2997": auth.ReasonLimit, "session-0000": auth.ReasonLimit} {
		if got, err := s.Find(t.Context(), auth.Key{ID: id}); err != nil || got.EndReason != reason {
			t.Errorf("Find(%s) = reason %q, %v, want %q", id, got.EndReason, err, reason)
		}
	}
}
