package main

import "strings"

const (
	databaseForms = "allowed: postgres://user:password@host:5432/database or sqlite:PATH"
	productionDB  = "is missing; production names its database outright: postgres://user:password@host:5432/database, or sqlite:PATH for a file"
)

// databaseURL is never repeated in an error: it may hold a password.
func (l *loader) databaseURL(name string, production bool) string {
	v := l.value(name)
	if v == "" {
		if production {
			l.bad(name, productionDB)
		}
		return ""
	}
	scheme, rest, ok := strings.Cut(v, ":")
	switch {
	case isPostgres(v):
	case scheme == "sqlite":
		l.sqlitePath(name, sqlitePath(v))
	case strings.EqualFold(scheme, "postgres"), strings.EqualFold(scheme, "postgresql"):
		l.bad(name, "does not start with postgres:// in small letters; %s", databaseForms)
	case !ok || !strings.HasPrefix(rest, "//"):
		l.bad(name, "does not start with the kind of the database; %s", databaseForms)
	default:
		l.bad(name, "names a kind of database that this program does not speak; %s", databaseForms)
	}
	return v
}

func (l *loader) sqlitePath(name, path string) {
	switch {
	case path == "" || strings.HasSuffix(path, "/"):
		l.bad(name, "names no file; allowed: sqlite:PATH, such as sqlite:data/app.db")
	case path == ":memory:":
		l.bad(name, "asks for a database in memory, which loses every session; allowed: sqlite:PATH")
	case strings.ContainsAny(path, "?#"):
		l.bad(name, "has parameters, of which sqlite:PATH takes none")
	}
}

// listenURL is a second way to the same PostgreSQL.
func (l *loader) listenURL(name, databaseURL string) string {
	v := l.value(name)
	if v != "" && !isPostgres(v) {
		l.bad(name, "is no PostgreSQL address; allowed: postgres://user:password@host:5432/database, or nothing")
	} else if v != "" && !isPostgres(databaseURL) {
		l.bad(name, "is for PostgreSQL, which DATABASE_URL does not name")
	}
	return v
}

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// sqlitePath is the path in sqlite:PATH, sqlite://PATH included.
func sqlitePath(url string) string {
	return strings.TrimPrefix(strings.TrimPrefix(url, "sqlite:"), "//")
}
