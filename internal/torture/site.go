package main

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"latchkey/internal/testenv/process"
)

// setting is what a trial is made of.
type setting struct {
	name     string // "PostgreSQL, jwt, true clocks"
	strategy string
	sqlite   bool
	clocks   bool // they are off
	servers  int
}

// settings are the trials of one round. Over two rounds each strategy has true clocks once on
// each database.
func settings(o options, round int) (all []setting) {
	for d, database := range []string{"PostgreSQL", "SQLite"} {
		for n, strategy := range []string{"jwt", "database"} {
			s := setting{strategy: strategy, sqlite: database == "SQLite", clocks: (d+n+round)%2 == 1, servers: o.servers}
			if s.sqlite {
				s.servers = 2
			}
			s.name = database + ", " + strategy + ", true clocks"
			if s.clocks {
				s.name = database + ", " + strategy + ", clocks apart"
			}
			if strings.Contains(s.name, o.only) {
				all = append(all, s)
			}
		}
	}
	return all
}

// newInstances prepares the servers of a trial, each with its own ways to the database.
func newInstances(s setting, dir, program, dsn, secret string) (all []*instance, err error) {
	for n := range s.servers {
		i := &instance{number: n + 1}
		env := map[string]string{
			"APP_ENV": "production", "BASE_URL": origin, "AUTH_SECRET": secret, "LOG_FORMAT": "json", "DATABASE_URL": dsn,
			"SMTP_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "Torture <torture@torture.example>", "TRUSTED_PROXIES": "127.0.0.0/8",
			"SESSION_STRATEGY": s.strategy, "SESSION_LIMIT": fmt.Sprint(sessionLimit), "SESSION_RENEW_AFTER": renewAfter.String(),
			"SESSION_MAX_AGE": maxAge.String(), "SESSION_ABSOLUTE_MAX_AGE": absoluteMaxAge.String(),
		}
		if i.clock, err = newClock(dir, fmt.Sprint("server", i.number)); err != nil {
			return all, err
		}
		env[clockVariable] = i.clock.file
		if !s.sqlite {
			if err := i.throughProxies(dsn, env); err != nil {
				return all, err
			}
		}
		i.command = process.Command{Program: program, Dir: dir, Env: env}
		all = append(all, i)
	}
	return all, nil
}

// throughProxies leads an instance to PostgreSQL by two ways: its questions, and LISTEN.
func (i *instance) throughProxies(dsn string, env map[string]string) (err error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return err
	}
	socket := filepath.Join(u.Query().Get("host"), ".s.PGSQL."+u.Query().Get("port"))
	if i.data, err = newProxy(socket); err != nil {
		return err
	}
	if i.notices, err = newProxy(socket); err != nil {
		return err
	}
	by := func(p *proxy) string {
		return fmt.Sprintf("postgres://%s@%s%s?sslmode=disable&application_name=server%d", u.User.Username(), p.addr(), u.Path, i.number)
	}
	env["DATABASE_URL"], env["DATABASE_LISTEN_URL"] = by(i.data), by(i.notices)
	return nil
}

// start starts all instances.
func startAll(ctx context.Context, all []*instance) error {
	for _, i := range all {
		if err := i.start(ctx); err != nil {
			return err
		}
	}
	return nil
}
