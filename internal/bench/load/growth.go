package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"latchkey/internal/auth"
)

// operation is something that a request or the upkeep asks of the database.
type operation struct {
	name string
	do   func(ctx context.Context, i int) error
}

// crowded is a user with many sessions.
var crowded = user(999_999)

// measureGrowth fills each database step by step, up to so many rows.
func (b *bench) measureGrowth(ctx context.Context, most int) (g growth, err error) {
	g.Machine = thisMachine()
	for _, d := range b.databases {
		if err := g.onDatabase(ctx, d, most); err != nil {
			return g, fmt.Errorf("%s: %w", d.name, err)
		}
	}
	if g.View, err = measureView(ctx); err != nil {
		return g, err
	}
	if g.Streams, err = b.measureStreams(ctx); err != nil {
		return g, err
	}
	g.Instances, err = b.measureInstances(ctx)
	return g, err
}

func (g *growth) onDatabase(ctx context.Context, d opened, most int) error {
	if err := d.db.CreateUser(ctx, crowded, ""); err != nil {
		return err
	}
	fill, err := openFiller(ctx, d.url)
	if err != nil {
		return err
	}
	defer fill.Close()
	var before []scans
	for rows := 10_000; rows <= most; rows *= 10 {
		fmt.Fprintf(os.Stderr, "%s: %d rows\n", d.name, rows)
		if err := fill.sessions(ctx, rows); err != nil {
			return err
		}
		if before, err = fill.scans(ctx); err != nil {
			return err
		}
		timed, err := timeOperations(ctx, d.db, fill.users(operationRuns))
		if err != nil {
			return err
		}
		for name, micros := range timed {
			g.Rows = append(g.Rows, grown{d.name, name, rows, micros})
		}
	}
	for _, n := range []int{1, 10, 100, 1000} {
		timed, err := timeUser(ctx, d.db, n)
		if err != nil {
			return err
		}
		for name, micros := range timed {
			g.Users = append(g.Users, grown{d.name, name, n, micros})
		}
	}
	sortGrown(g.Rows)
	sortGrown(g.Users)
	after, err := fill.scans(ctx)
	for i, s := range after {
		g.Scans = append(g.Scans, scans{s.Table, s.Sequential - before[i].Sequential, s.Index - before[i].Index})
	}
	return err
}

// timeOperations times what the engine asks, each on sessions of its own.
func timeOperations(ctx context.Context, db database, users []string) (map[string]spread, error) {
	issued := make([]auth.Issued, operationRuns)
	service, err := auth.New(auth.Config{
		Store: db, Strategy: "database", Secrets: []string{secret()}, CookieName: "session", MaxAge: maxAge, AbsoluteMaxAge: absoluteMaxAge,
		RenewAfter: renewAfter, Limit: 4, Log: discarded,
	})
	if err != nil {
		return nil, err
	}
	now := service.Now
	session := func(i int) auth.Session { return issued[i].Session }
	return timeAll(ctx, []operation{
		{"poll for what ended", func(ctx context.Context, _ int) error {
			_, err := db.Changes(ctx, now())
			return err
		}},
		{"sign-in, limit reached", func(ctx context.Context, i int) (err error) {
			issued[i], err = service.Begin(ctx, auth.Login{UserID: users[i], Method: auth.MethodPassword})
			return err
		}},
		{"find by token", func(ctx context.Context, i int) error {
			_, err := db.Find(ctx, auth.Key{TokenHash: session(i).TokenHash})
			return err
		}},
		{"find by id", func(ctx context.Context, i int) error {
			_, err := db.Find(ctx, auth.Key{ID: session(i).ID})
			return err
		}},
		{"renewal", func(ctx context.Context, i int) error {
			_, err := db.Renew(ctx, auth.Key{ID: session(i).ID}, auth.Renewal{Now: now(), ExpiresAt: now().Add(maxAge)})
			return err
		}},
		{"list of devices", func(ctx context.Context, i int) error {
			_, _, err := db.Live(ctx, session(i).User.ID, now(), auth.Page{Limit: 10})
			return err
		}},
		{"collect, nothing to do", func(ctx context.Context, _ int) error {
			_, err := db.Collect(ctx, now().Add(-auth.TombstoneLife))
			return err
		}},
		{"sign-out", func(ctx context.Context, i int) error {
			_, err := service.End(ctx, auth.Selector{UserID: session(i).User.ID, SessionID: session(i).ID}, auth.ReasonSignedOut)
			return err
		}},
	})
}

// timeUser times what depends on how many sessions one user has.
func timeUser(ctx context.Context, db database, sessions int) (map[string]spread, error) {
	service, err := auth.New(auth.Config{
		Store: db, Strategy: "database", Secrets: []string{secret()}, CookieName: "session", MaxAge: maxAge, AbsoluteMaxAge: absoluteMaxAge,
		RenewAfter: renewAfter, Limit: sessions, Log: discarded,
	})
	if err != nil {
		return nil, err
	}
	begin := func(ctx context.Context, _ int) error {
		_, err := service.Begin(ctx, auth.Login{UserID: crowded.ID, Method: auth.MethodPassword})
		return err
	}
	for i := range sessions {
		if err := begin(ctx, i); err != nil {
			return nil, err
		}
	}
	return timeAll(ctx, []operation{
		{"sign-in, limit reached", begin},
		{"list of devices", func(ctx context.Context, _ int) error {
			_, _, err := service.Sessions(ctx, crowded.ID, auth.Page{Limit: 10})
			return err
		}},
	})
}

func timeAll(ctx context.Context, all []operation) (map[string]spread, error) {
	timed := map[string]spread{}
	for _, o := range all {
		var micros []float64
		for i := range operationRuns {
			start := time.Now()
			if err := o.do(ctx, i); err != nil {
				return nil, fmt.Errorf("%s: %w", o.name, err)
			}
			micros = append(micros, time.Since(start).Seconds()*1e6)
		}
		timed[o.name] = middle(micros)
	}
	return timed, nil
}

// middle is the median with the first and the last tenth: the extremes of so many are those
// of the machine.
func middle(values []float64) spread {
	slices.Sort(values)
	n := len(values)
	return spread{values[n/2], values[n/10], values[n-1-n/10]}
}

func sortGrown(all []grown) {
	slices.SortStableFunc(all, func(a, b grown) int {
		return slices.Compare([]string{a.Database, a.Operation, fmt.Sprintf("%9d", a.Size)}, []string{b.Database, b.Operation, fmt.Sprintf("%9d", b.Size)})
	})
}
