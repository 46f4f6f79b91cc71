package postgres

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/testenv"
)

func TestChangesByHandAreSeen(t *testing.T) {
	t.Parallel()
	authtest.RunByHand(t, "now()", func(t *testing.T) (authtest.Backend, func(string)) {
		s := open(t, testenv.Postgres(t))
		return accountstest.WithHash{Backend: s}, func(statement string) { byHand(t, s, statement) }
	})
}

// byHand runs a statement as an operator does.
func byHand(t *testing.T, s *Store, statement string) {
	t.Helper()
	if _, err := s.pool.Exec(t.Context(), statement, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
}

func TestASessionEndedByHandHasAReason(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	ada(t, s, 1)
	byHand(t, s, `UPDATE sessions SET ended_at = now()`)
	if got, err := s.Find(t.Context(), auth.Key{ID: "session-0000"}); err != nil || got.EndReason != auth.ReasonAdmin {
		t.Errorf("Find = reason %q, %v, want %q", got.EndReason, err, auth.ReasonAdmin)
	}
}

func TestAUserIsDeletedFromAnySearchPath(t *testing.T) {
	dsn := testenv.Postgres(t)
	s := open(t, dsn)
	ada(t, s, 1)
	conn, err := pgx.Connect(t.Context(), dsn+"&search_path=pg_catalog")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `DELETE FROM public.users`); err != nil {
		t.Fatal(err)
	}
	got, err := s.Find(t.Context(), auth.Key{ID: "session-0000"})
	if err != nil || got.EndReason != auth.ReasonDeleted || time.Since(got.EndedAt) > time.Minute {
		t.Errorf("Find = %+v, %v, want it ended just now as deleted", got, err)
	}
}
