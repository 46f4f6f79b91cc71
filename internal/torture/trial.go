package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/testenv"
)

// trial is one setting under torture.
type trial struct {
	options
	setting
	*world
	dir     string
	program string
	cluster *testenv.Cluster // nil on SQLite
	seed    uint64
	stopAt  claim // the trial ends as soon as this is violated; "" = it does not

	workers []*worker
	base    []resting
	failure error // of the machinery, such as a PostgreSQL that does not come back
	mu      sync.Mutex
}

// Pauses between faults: for one instance, for PostgreSQL.
var (
	instancePause = [2]time.Duration{2 * time.Second, 12 * time.Second}
	databasePause = [2]time.Duration{6 * time.Second, 16 * time.Second}
	sqlitePause   = [2]time.Duration{1 * time.Second, 5 * time.Second}
)

// overtime is what a trial may take beyond its traffic: on a machine on which nothing moves, a
// run ends with an error.
const overtime = 10 * time.Minute

// run does the trial for so long, or until so many requests were answered.
func (t *trial) run(ctx context.Context, duration time.Duration, requests int64) (result, error) {
	ctx, cancel := context.WithTimeout(ctx, duration+overtime)
	defer cancel()
	dsn, err := t.newDatabase(ctx)
	if err != nil {
		return result{}, err
	}
	secret := newSecret()
	truth, err := openTruth(ctx, dsn, t.setting.strategy, secret)
	if err != nil {
		return result{}, err
	}
	defer truth.close()
	t.world = &world{strategy: t.setting.strategy, ledger: newLedger(), truth: truth, bound: renewAfter + adjusted}
	if t.clocks {
		t.bound += 2 * skew
	}
	t.burst.every, t.password.every, t.change.every = time.Second, 300*time.Millisecond, 3*time.Second
	if t.instances, err = newInstances(t.setting, t.dir, t.program, dsn, secret); err != nil {
		return result{}, err
	}
	defer t.end()
	if err := errors.Join(t.makeAccounts(ctx), startAll(ctx, t.instances), t.measureBase(ctx)); err != nil {
		return result{}, err
	}
	began := time.Now()
	t.torture(ctx, duration, requests)
	took := time.Since(began)
	if err := t.failure; err != nil || ctx.Err() != nil {
		return result{}, errors.Join(err, ctx.Err())
	}
	if t.stopAt == "" || t.ledger.violationsOf(t.stopAt) == 0 {
		if err := t.finish(ctx); err != nil {
			return result{}, err
		}
	}
	return t.ledger.result(t.name, took), nil
}

// newDatabase is an empty one.
func (t *trial) newDatabase(ctx context.Context) (dsn string, err error) {
	if t.cluster == nil {
		return "sqlite:" + filepath.Join(t.dir, "app.db"), nil
	}
	name := fmt.Sprintf("trial%d", t.seed)
	return t.cluster.DSN(name), createDatabase(ctx, t.cluster.DSN(""), name)
}

// makeAccounts makes the users. They begin with one password, since a hash takes a while.
func (t *trial) makeAccounts(ctx context.Context) error {
	password := newSecret()
	hash, err := accounts.NewHasher(accounts.OWASPHash, nil).Hash(ctx, password)
	if err != nil {
		return err
	}
	for n := range t.options.workers {
		w := newWorker(t.world, t.seed, n)
		for m := range t.options.accounts {
			now := time.Now()
			a := &account{id: auth.NewID(), email: fmt.Sprintf("user-%d-%d@torture.example", n, m), password: password, address: fmt.Sprintf("10.%d.%d.1", n, m)}
			u := auth.User{ID: a.id, Email: a.email, Name: "Somebody", EmailVerifiedAt: now, CreatedAt: now, UpdatedAt: now}
			if err := t.truth.store.CreateUser(ctx, u, hash); err != nil {
				return err
			}
			w.accounts = append(w.accounts, a)
		}
		t.workers = append(t.workers, w)
	}
	return nil
}

// measureBase notes what each server holds when it has started and nobody asks.
func (t *trial) measureBase(ctx context.Context) error {
	wait(ctx, time.Second)
	for _, i := range t.instances {
		r, err := i.measure(ctx)
		if err != nil {
			return err
		}
		t.base = append(t.base, r)
	}
	return nil
}

// torture has the users at work and the faults happen, until it is time.
func (t *trial) torture(ctx context.Context, duration time.Duration, requests int64) {
	ctx, stop := context.WithTimeout(ctx, duration)
	defer stop()
	var all sync.WaitGroup
	for _, w := range t.workers {
		all.Go(func() { w.run(ctx) })
	}
	auditor := newAuditor(t.world)
	all.Go(func() { auditor.run(ctx) })
	for n, i := range t.instances {
		pause := instancePause
		if t.sqlite {
			pause = sqlitePause
		}
		all.Go(func() { newChaos(t.world, t.seed, n, pause, t.clocks).torment(ctx, i) })
	}
	if t.cluster != nil {
		all.Go(func() {
			newChaos(t.world, t.seed, -1, databasePause, false).crash(ctx, t.cluster, func(err error) { t.fail(err); stop() })
		})
	}
	for report := time.Now(); ctx.Err() == nil; wait(ctx, 100*time.Millisecond) {
		answered := t.ledger.answered.Load()
		if requests > 0 && answered >= requests || t.stopAt != "" && t.ledger.violationsOf(t.stopAt) > 0 {
			stop()
		}
		if time.Since(report) > 10*time.Second {
			report = time.Now()
			fmt.Fprintf(os.Stderr, "%s: %v, %d requests\n", t.name, time.Since(t.ledger.began).Round(time.Second), answered)
		}
	}
	all.Wait()
}

func (t *trial) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failure = errors.Join(t.failure, err)
}

// finish ends all faults, waits until every instance has heard of everything, and looks at
// what is left.
func (t *trial) finish(ctx context.Context) error {
	for _, i := range t.instances {
		i.heal()
		if err := i.clock.set(0); err != nil {
			return err
		}
	}
	if err := startAll(ctx, t.instances); err != nil {
		return err
	}
	settle := settleSoon
	if !t.sqlite {
		settle = settleLate
	}
	wait(ctx, settle)
	var all sync.WaitGroup
	for _, w := range t.workers {
		all.Go(func() { w.last(ctx) })
	}
	all.Wait()
	if err := newAuditor(t.world).whole(ctx, t.sqlite); err != nil {
		return err
	}
	for n, i := range t.instances {
		if err := t.rests(ctx, i, t.base[n]); err != nil {
			return err
		}
	}
	for _, i := range t.instances {
		all.Go(func() { t.stop(i) })
	}
	all.Wait()
	if t.sqlite {
		return nil
	}
	return t.disconnected(ctx)
}

// end leaves nothing behind.
func (t *trial) end() {
	for _, i := range t.instances {
		i.heal()
		i.kill()
		for _, p := range []*proxy{i.data, i.notices} {
			if p != nil {
				p.close()
			}
		}
	}
}
