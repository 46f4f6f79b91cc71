package postgres

import (
	"bytes"
	"context"
	"flag"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/testenv"
)

// engines are servers, and ways to them, that lack something of PostgreSQL or
// add something of their own. reach prepares the database of the DSN and returns
// the DSN to use; deaf says that notifications do not arrive there.
var engines = []struct {
	name  string
	deaf  bool
	reach func(t *testing.T, dsn string) string
}{
	{"no notifications and no advisory locks", true, func(t *testing.T, dsn string) string {
		execute(t, dsn, `
			CREATE SCHEMA lacking;
			CREATE FUNCTION lacking.missing() RETURNS void LANGUAGE plpgsql AS
				$$ BEGIN RAISE feature_not_supported USING MESSAGE = 'not supported here'; END $$;
			CREATE FUNCTION lacking.pg_notify(text, text) RETURNS void LANGUAGE sql AS 'SELECT lacking.missing()';
			CREATE FUNCTION lacking.pg_try_advisory_lock(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true FROM lacking.missing()';
			CREATE FUNCTION lacking.pg_advisory_lock(bigint) RETURNS void LANGUAGE sql AS 'SELECT lacking.missing()';
			CREATE FUNCTION lacking.pg_try_advisory_xact_lock(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true FROM lacking.missing()';`)
		return dsn + "&search_path=public,lacking,pg_catalog"
	}},
	{"LISTEN is refused", true, func(t *testing.T, dsn string) string {
		_, dsn = through(t, dsn, func(p *proxy) {
			p.edit = func(sent []byte) []byte { return bytes.ReplaceAll(sent, []byte("LISTEN "), []byte("REFUSE ")) }
		})
		return dsn
	}},
	{"one statement in twenty fails to serialize", false, func(t *testing.T, dsn string) string {
		open(t, dsn) // to have tables
		execute(t, dsn, `
			CREATE SEQUENCE tries;
			CREATE FUNCTION fail_to_serialize() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN
				IF nextval('tries') % 20 = 0 THEN
					RAISE serialization_failure;
				END IF;
				RETURN NULL;
			END $$;
			CREATE TRIGGER flaky AFTER INSERT OR UPDATE OR DELETE ON users FOR EACH STATEMENT EXECUTE FUNCTION fail_to_serialize();
			CREATE TRIGGER flaky AFTER INSERT OR UPDATE OR DELETE ON sessions FOR EACH STATEMENT EXECUTE FUNCTION fail_to_serialize();`)
		return dsn
	}},
	{"no prepared statements", false, func(_ *testing.T, dsn string) string { return dsn + "&default_query_exec_mode=exec" }},
	{"100 ms away", false, func(t *testing.T, dsn string) string {
		open(t, dsn) // from near by, to have tables
		_, dsn = through(t, dsn, func(p *proxy) { p.delay = 50 * time.Millisecond })
		return dsn + "&pool_max_conns=40"
	}},
}

// TestMain has more tests run side by side than there are processors: those of
// the distant engine wait for it.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		f.Value.Set("24")
	}
	os.Exit(m.Run())
}

func execute(t *testing.T, dsn, statements string) {
	t.Helper()
	s, err := Open(t.Context(), dsn, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.pool.Exec(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}

func TestStoreOnOtherEngines(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			authtest.Run(t, func(t *testing.T) authtest.Backend {
				t.Parallel()
				dsn := engine.reach(t, testenv.OwnPostgres(t))
				return accountstest.WithHash{Backend: open(t, dsn)}
			})
		})
	}
}

// An ending is known to another instance at once where it can be told, and by
// its poll where it cannot; it is acknowledged in either case.
func TestEndingsReachOtherInstancesOnOtherEngines(t *testing.T) { // RV-3
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			dsn := engine.reach(t, testenv.OwnPostgres(t))
			a, b := open(t, dsn), open(t, dsn)
			if noted := len(b.Notes()) > 0; b.deaf != engine.deaf || noted != engine.deaf {
				t.Errorf("deaf = %v with the notes %q, want %v and a note exactly then", b.deaf, b.Notes(), engine.deaf)
			}
			ada(t, a, 2)
			here, elsewhere := service(t, a), service(t, b)
			for _, id := range []string{"session-0000", "session-0001"} {
				if _, err := a.End(t.Context(), auth.Selector{UserID: "ada", SessionID: id}, auth.ReasonSignedOut, time.Now()); err != nil {
					t.Fatalf("End = %v, want it acknowledged", err)
				}
				acknowledged := time.Now()
				for !elsewhere.HasEnded(id) || !here.HasEnded(id) {
					if time.Since(acknowledged) > 20*time.Second {
						t.Fatalf("the ending of %s is not known elsewhere", id)
					}
					time.Sleep(time.Millisecond)
				}
			}
		})
	}
}

func TestWhatTheDatabaseLacksIsNoted(t *testing.T) {
	for i, want := range []string{"refuses notifications (ERROR: not supported here", "refuses notifications"} {
		s := open(t, engines[i].reach(t, testenv.OwnPostgres(t)))
		if notes := s.Notes(); len(notes) != 1 || !strings.Contains(notes[0], want) {
			t.Errorf("Notes with %s = %q, want one that says %q", engines[i].name, notes, want)
		}
	}
	if notes := open(t, testenv.OwnPostgres(t)).Notes(); !slices.Equal(notes, nil) {
		t.Errorf("Notes = %q, want none", notes)
	}
}

// service is an instance on the store, which listens and polls.
func service(t *testing.T, s *Store) *auth.Service {
	t.Helper()
	instance, err := auth.New(auth.Config{
		Store: s, Strategy: "jwt", Secrets: []string{authtest.Secret}, CookieName: "authjs.session-token",
		MaxAge: 24 * time.Hour, AbsoluteMaxAge: 72 * time.Hour, RenewAfter: 5 * time.Minute, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := instance.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { instance.Run(ctx) })
	t.Cleanup(running.Wait)
	t.Cleanup(stop)
	return instance
}
