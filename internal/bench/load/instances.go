package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"
)

// instances is what it costs to be many: of a request, and at rest.
type instances struct {
	Count  int     `json:"count"`
	Micros spread  `json:"micros"`  // of processor time for a request, over all instances
	AtRest float64 `json:"at_rest"` // transactions a second on the database while nobody asks
}

const (
	settled = 11 * time.Second // an idle connection of PostgreSQL tells after ten what it has counted
	atRest  = 20 * time.Second // that an idle database is watched
)

// measureInstances has one, two, four and eight instances on PostgreSQL share the same
// requests.
func (b *bench) measureInstances(ctx context.Context) (all []instances, err error) {
	d := b.databases[len(b.databases)-1]
	if d.name != "PostgreSQL" {
		return nil, nil
	}
	db, err := sql.Open("pgx", d.url)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	v, err := signIn(ctx, d.db, b.sessions)
	if err != nil {
		return nil, err
	}
	requests := requests(v["jwt"], pathSession, false)
	var servers []*server
	for _, count := range []int{1, 2, 4, 8} {
		for len(servers) < count {
			s, err := b.startServer(ctx, d.url, "jwt", "16MiB")
			if err != nil {
				return nil, err
			}
			servers = append(servers, s)
			if _, err := drive(ctx, s.Addr, requests, b.connections, 0); err != nil { // all remember all
				return nil, err
			}
		}
		fmt.Fprintf(os.Stderr, "%d instances\n", count)
		one := instances{Count: count}
		time.Sleep(settled)
		if one.AtRest, err = transactions(ctx, db, atRest); err != nil {
			return nil, err
		}
		if one.Micros, err = b.shared(ctx, servers, requests); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// shared is what a request costs where each instance gets an equal part of the connections.
func (b *bench) shared(ctx context.Context, servers []*server, all []request) (spread, error) {
	var micros []float64
	for range b.options.rounds {
		before, err := cpuOf(servers)
		if err != nil {
			return spread{}, err
		}
		answered, errs := make([]int, len(servers)), make([]error, len(servers))
		done := make(chan struct{})
		for i, s := range servers {
			go func() {
				answered[i], errs[i] = drive(ctx, s.Addr, all, max(1, b.connections/len(servers)), b.duration)
				done <- struct{}{}
			}()
		}
		n := 0
		for range servers {
			<-done
		}
		for _, part := range answered {
			n += part
		}
		after, err := cpuOf(servers)
		if err := errors.Join(append(errs, err)...); err != nil {
			return spread{}, err
		}
		micros = append(micros, (after-before).Seconds()*1e6/float64(max(n, 1)))
	}
	return spreadOf(micros), nil
}

func cpuOf(servers []*server) (total time.Duration, err error) {
	for _, s := range servers {
		used, err := s.cpu()
		if err != nil {
			return 0, err
		}
		total += used
	}
	return total, nil
}

// transactions is how many the database has a second.
func transactions(ctx context.Context, db *sql.DB, watch time.Duration) (perSecond float64, err error) {
	count := func() (n float64, err error) {
		err = db.QueryRowContext(ctx, "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()").Scan(&n)
		return n, err
	}
	before, err := count()
	if err != nil {
		return 0, err
	}
	time.Sleep(watch)
	after, err := count()
	return (after - before) / watch.Seconds(), err
}
