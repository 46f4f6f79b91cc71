package postgres

import (
	"strings"
	"testing"

	"latchkey/internal/testenv"
)

func TestErrorsSayWhatToDoAndNoPassword(t *testing.T) { // LO-1
	for _, c := range []struct{ url, want string }{
		{"postgres://ada:hunter2@127.0.0.1:1/app", "is it running?"},
		{"postgres://ada:hunter2@127.0.0.1:1/app?pool_max_conns=3", "PostgreSQL at 127.0.0.1:1, database app"},
		{"postgres://ada:hunter2@127.0.0.1:1/app?pool_max_conns=many", "pool_max_conns cannot be used; allowed: a number"},
		{"postgres://ada:hunter2@127.0.0.1:port/app", "postgres://user:password@host"},
		{"postgres://ada:hunter2@127.0.0.1:1/app?sslmode=maybe", "verify-full"},
		{"postgres://ada:hunter2@127.0.0.1:1/app?sslmode=verify-full&sslrootcert=/missing.pem", "/missing.pem"},
		{"postgres://ada:hunter2/app", "postgres://user:password@host"},
		{"postgres://ada:/hunter2@127.0.0.1:1/app", "percent-encode"},
		{"postgres://ada:hunter2%zz@127.0.0.1:1/app", "percent-encode"},
		{"postgres://ada:hunter2@[::1/app", "postgres://user:password@host"},
		{"postgres:ada:hunter2@127.0.0.1/app", "postgres://user:password@host"},
	} {
		for _, urls := range [][2]string{{c.url, ""}, {"postgres://127.0.0.1:1/app", c.url}} {
			_, err := Open(t.Context(), urls[0], urls[1], nil)
			if err == nil {
				t.Fatalf("Open(%q) = nil, want an error", urls)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("Open(%q) prints the password: %v", urls, err)
			}
			if !strings.Contains(err.Error(), "DATABASE_") || urls[1] == "" && !strings.Contains(err.Error(), c.want) {
				t.Errorf("Open(%q) = %v, want it to say what to check, and %q", urls, err, c.want)
			}
		}
	}
}

func TestAMissingDatabaseIsNotCalledAServerThatIsDown(t *testing.T) {
	s := open(t, testenv.Postgres(t))
	url := strings.Replace(s.pool.Config().ConnString(), "/"+s.direct.Database, "/missing", 1)
	if _, err := Open(t.Context(), url, "", nil); err == nil || !strings.Contains(err.Error(), "createdb") {
		t.Errorf("Open of a missing database = %v, want it to say how to create it", err)
	}
}
