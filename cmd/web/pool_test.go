package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/testenv"
)

// More ask than there are connections, and those are held up by somebody else's lock. Every
// request is answered by its deadline, with a page, and the site serves again once the lock
// is gone (DB-1).
func TestAnExhaustedPoolIsAnsweredInTime(t *testing.T) {
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) {
			t.Parallel()
			dsn := testenv.Postgres(t)
			s := started(t, t.TempDir(), strategy, dsn+"&pool_max_conns=2")
			time.Sleep(1200 * time.Millisecond) // until the session is due
			release := lock(t, dsn, "users")
			questions := map[string]func() reply{}
			for n := range 12 {
				questions[fmt.Sprint("the dashboard, ", n)] = func() reply { return s.get(s.ada, "/dashboard") }
				questions[fmt.Sprint("a sign-in, ", n)] = func() reply {
					return s.post(guest(t), "/signin", "email", s.email, "password", userPassword)
				}
			}
			for name, got := range s.atOnce(questions) {
				if got.status != http.StatusServiceUnavailable || !strings.Contains(got.text, "Nothing is lost and nobody was signed out.") || len(got.cookies) != 0 {
					t.Errorf("while no connection is free %s = %d with %d cookies, want 503, the page and none", name, got.status, len(got.cookies))
				}
				if got.took > 20*time.Second {
					t.Errorf("while no connection is free %s is answered after %v, want less than the 11 s that a handler has", name, got.took)
				}
			}
			if got := s.get(guest(t), "/signin"); got.status != http.StatusOK {
				t.Errorf("while no connection is free the form to sign in = %d, want 200: it needs none", got.status)
			}
			release()
			s.back()
		})
	}
}

// lock keeps everybody else out of a table, until release.
func lock(t *testing.T, dsn, table string) (release func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	release = func() { conn.Close(context.Background()) }
	t.Cleanup(release)
	for _, statement := range []string{"BEGIN", "LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE"} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return release
}
