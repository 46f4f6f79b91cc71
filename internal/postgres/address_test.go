package postgres

import (
	"strings"
	"testing"

	"latchkey/internal/testenv"
)

func TestTheWrongParameterIsNamed(t *testing.T) {
	const host = "postgres://ada:hunter2@127.0.0.1:1/app?"
	for query, want := range map[string]string{
		"sslmode=no-verify": "sslmode cannot be used; allowed: disable", "sslmode=": "sslmode", "sslmode=Require": "sslmode", "schema=public": "schema is another program's: write search_path", "currentSchema=app": "write search_path",
		"pool_max_conns=0": "pool_max_conns", "pool_max_conns=-1": "pool_max_conns", "pool_max_conns=ten": "pool_max_conns", "pool_min_conns=x": "pool_min_conns", "pool_max_conn_lifetime=1": "pool_max_conn_lifetime", "connect_timeout=5s": "connect_timeout",
		"target_session_attrs=master": "target_session_attrs", "default_query_exec_mode=fast": "default_query_exec_mode", "statement_cache_capacity=x": "statement_cache_capacity", "pgbouncer=true": "pgbouncer", "connection_limit=5": "pool_max_conns",
		"ssl=1": "sslmode", "sslmode=require&sslmode=disable": "more than once", "a=%zz": "cannot be read", "application_name=x&pool_max_conns=0": "pool_max_conns",
	} {
		if query == "sslmode=" { // the driver takes it for the default
			continue
		}
		_, err := Open(t.Context(), host+query, "", nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "running") {
			t.Errorf("Open with %q = %v, want %q", query, err, want)
		}
	}
}

func TestNoPartOfAPasswordIsPrinted(t *testing.T) {
	for _, password := range []string{
		"12/hunter2", "12?hunter2", "12#hunter2", "hun@ter2", "hunter2@", "@hunter2", "1/2@hunter2", "12#hunter2?", "a/b?hunter2#d", "12?x=hunter2", "12?sslmode=hunter2", "[hunter2", "hunter2]", "hunter2%", "hunter2 x", "12/hunter2/x", "12:/hunter2", "hunter2\\x",
	} {
		for _, rest := range []string{"@127.0.0.1:1/app", "@127.0.0.1:1/app?sslmode=disable", "@[::1]:1/app", "@127.0.0.1/app?sslmode=nonsense"} {
			_, err := Open(t.Context(), "postgres://ada:"+password+rest, "", nil)
			if err == nil {
				t.Fatalf("Open with the password %q = nil, want an error", password)
			}
			for _, part := range []string{"hunter2", "hun", "ter2", "ada:12", "12,"} {
				if strings.Contains(err.Error(), part) {
					t.Errorf("Open with the password %q prints %q: %v", password, part, err)
				}
			}
		}
	}
}

func TestCheckTLS(t *testing.T) {
	for url, ok := range map[string]bool{
		"postgres://db.example/app": false, "postgres://db.example/app?sslmode=disable": false, "postgres://db.example/app?sslmode=allow": false, "postgres://db.example/app?sslmode=prefer": false,
		"postgres://db.example/app?sslmode=require": true, "postgres://db.example/app?sslmode=verify-full": true, "postgres://10.0.0.5/app": false, "postgres://db:5432/app": false,
		"postgres://localhost/app": true, "postgres://127.0.0.1/app?sslmode=disable": true, "postgres://[::1]:5432/app": true, "postgres:///app?host=/var/run/postgresql": true, "postgres://u@%2Fvar%2Frun/app": true,
		"postgres://localhost,db.example/app": false, "postgres://db.example,localhost/app?sslmode=require": true, "postgres:///app?host=db.example": false, "postgres://localhost.example/app": false,
	} {
		if err := CheckTLS("DATABASE_URL", url); (err == nil) != ok || err != nil && !strings.HasPrefix(err.Error(), "DATABASE_URL ") {
			t.Errorf("CheckTLS(%q) = %v, want it taken: %v", url, err, ok)
		}
	}
}

func TestAServerThatAnswersIsNotCalledDown(t *testing.T) {
	dsn := testenv.OwnPostgres(t)
	for query, want := range map[string]string{
		"&search_pathh=x": "does not know", "&TimeZone=Mars": "does not take", "&target_session_attrs=standby": "target_session_attrs", "&options=-c%20nonsense": "",
		"&statement_timeout=soon": "does not take", "&user=nobody": "refuses this user",
	} {
		_, err := Open(t.Context(), dsn+query, "", nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "running?") {
			t.Errorf("Open with %q = %v, want %q", query, err, want)
		}
	}
	s, err := Open(t.Context(), dsn+"&search_path=missing", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "CREATE SCHEMA") {
		t.Errorf("Migrate on a search path without its schema = %v, want it to say so", err)
	}
	_, err = Open(t.Context(), "postgres://u:p@127.0.0.1:1,127.0.0.1:2/app?sslmode=disable", "", nil)
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1 or 127.0.0.1:2") {
		t.Errorf("Open of two hosts = %v, want both named", err)
	}
}
