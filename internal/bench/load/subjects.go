package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// addServers adds the servers on one database, and before the first the controls on none.
func (b *bench) addServers(ctx context.Context, d opened) error {
	name, url, db := d.name, d.url, d.db
	all, err := signIn(ctx, db, b.sessions)
	if err != nil {
		return err
	}
	if len(b.subjects) == 0 {
		if err := b.addControls(ctx, url, all); err != nil {
			return err
		}
	}
	if err := b.measureStarts(ctx, name, url); err != nil {
		return err
	}
	query, err := b.startControl(ctx, controlQuery, url, "")
	if err != nil {
		return err
	}
	if d.name == b.databases[len(b.databases)-1].name { // one of them: the hasher does not know which
		if err := b.measureSaturation(ctx, d, all["jwt"]); err != nil {
			return err
		}
	}
	opaque := all["database"]
	one := []string{pathSession}
	b.subjects = append(b.subjects,
		subject{name: name + ", one query", server: query, visitors: opaque, control: true, against: "control, database, no cache", paths: one},
		subject{name: name + ", one query, a writer busy", server: query, visitors: opaque, control: true, paths: one, busy: db})
	for _, strategy := range strategies {
		for _, cache := range []string{"16MiB", "0"} {
			s, err := b.startServer(ctx, url, strategy, cache)
			if err != nil {
				return err
			}
			b.subjects = append(b.subjects, configured(name, strategy, cache == "0", subject{server: s, visitors: all[strategy], paths: paths}))
			if strategy == "database" && cache == "0" {
				b.subjects = append(b.subjects, subject{name: name + ", database, no cache, a writer busy", server: s, visitors: opaque,
					against: name + ", one query, a writer busy", target: 1.2, paths: one, busy: db})
			}
		}
	}
	return nil
}

// configured names a server and says what is wanted of it.
func configured(database, strategy string, uncached bool, s subject) subject {
	s.name, s.against, s.target = database+", "+strategy+", cache", "control, "+strategy+", cache", 1.15
	switch {
	case uncached && strategy == "jwt":
		s.name, s.against, s.target = database+", jwt, no cache", "control, jwt, no cache", 2
	case uncached: // beside a handler that runs its query, which the session endpoint alone has
		s.name, s.against, s.target, s.paths = database+", database, no cache", database+", one query", 1.2, []string{pathSession}
	}
	return s
}

// addControls adds those that need no database. There is one of the site for each server: a
// request costs more the longer its cookie is, and less the more memory the process has,
// since Go's garbage collector comes more seldom then.
func (b *bench) addControls(ctx context.Context, url string, all map[string]visitors) error {
	for _, strategy := range strategies {
		file := filepath.Join(b.dir, strategy)
		if err := writeCookies(file, all[strategy]); err != nil {
			return err
		}
		name := "control, " + strategy
		err := errors.Join(
			b.addControl(ctx, name+", cache", "", controlSite, url, file, all[strategy]),
			b.addControl(ctx, name+", no cache", "", controlSite, url, "", all[strategy]))
		if err != nil {
			return err
		}
	}
	const against = "control, database, no cache"
	return errors.Join(
		b.addControl(ctx, "chi, four middlewares", against, controlChi, url, "", all["database"]),
		b.addControl(ctx, "net/http", against, controlHTTP, url, "", all["database"]))
}

func (b *bench) addControl(ctx context.Context, name, against, kind, url, remember string, v visitors) error {
	s, err := b.startControl(ctx, kind, url, remember)
	b.subjects = append(b.subjects, subject{name: name, server: s, visitors: v, control: true, against: against, paths: paths})
	return err
}

func writeCookies(file string, v visitors) error {
	var text strings.Builder
	for _, one := range v.browsers {
		fmt.Fprintln(&text, one.value)
	}
	return os.WriteFile(file, []byte(text.String()), 0o600)
}
