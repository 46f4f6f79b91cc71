package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"latchkey/internal/testenv"
	"latchkey/internal/testenv/process"
)

// rack is what all trials of a run use.
type rack struct {
	options
	root, dir string
	occasion  occasion
	cluster   *testenv.Cluster // nil = PostgreSQL is not on this machine
	trials    uint64           // that were begun
}

func newRack(ctx context.Context, o options) (*rack, error) {
	root, err := process.ModuleRoot()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "latchkey-torture")
	if err != nil {
		return nil, err
	}
	cluster, err := testenv.ClusterOfProgram()
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	if cluster == nil && os.Getenv("TEST_REQUIRE_ALL") != "" {
		os.RemoveAll(dir)
		return nil, errors.New("PostgreSQL is missing and TEST_REQUIRE_ALL is set")
	}
	return &rack{options: o, root: root, dir: dir, occasion: thisOccasion(root), cluster: cluster}, nil
}

// close leaves nothing behind.
func (r *rack) close() {
	if r.cluster != nil {
		r.cluster.Close()
	}
	os.RemoveAll(r.dir)
}

// build makes the program with these edits, and returns its file.
func (r *rack) build(ctx context.Context, edits ...edit) (string, error) {
	dir, err := os.MkdirTemp(r.dir, "build")
	if err != nil {
		return "", err
	}
	overlay, err := writeOverlay(r.root, dir, edits)
	if err != nil {
		return "", err
	}
	return process.Build(ctx, r.root, dir, "-overlay", overlay)
}

// all does every trial, each with its share of the time. On SQLite there are fewer servers and
// fewer faults: a fifth of the time is for it.
func (r *rack) all(ctx context.Context) (results []result, err error) {
	program, err := r.build(ctx, clockEdits...)
	if err != nil {
		return nil, err
	}
	todo, total := r.todo()
	for _, s := range todo {
		share := s.share() / total
		one, err := r.one(ctx, s, program, time.Duration(share*float64(r.duration)), int64(share*float64(r.requests)), "")
		if err != nil {
			return results, fmt.Errorf("%s: %w", s.name, err)
		}
		results = append(results, one)
	}
	return results, nil
}

// todo are the trials of all rounds, and the sum of their shares.
func (r *rack) todo() (all []setting, total float64) {
	for round := range r.rounds {
		for _, s := range settings(r.options, round) {
			if !s.sqlite && r.cluster == nil {
				fmt.Fprintln(os.Stderr, s.name, "is left out: PostgreSQL is not on this machine")
				continue
			}
			all = append(all, s)
			total += s.share()
		}
	}
	return all, total
}

// share is how much of the time a trial gets, beside the others.
func (s setting) share() float64 {
	if s.sqlite {
		return 1
	}
	return 4
}

// one does one trial, in a folder of its own.
func (r *rack) one(ctx context.Context, s setting, program string, duration time.Duration, requests int64, stopAt claim) (result, error) {
	dir, err := os.MkdirTemp(r.dir, "trial")
	if err != nil {
		return result{}, err
	}
	r.trials++
	t := &trial{options: r.options, setting: s, dir: dir, program: program, seed: r.seed + r.trials, stopAt: stopAt}
	if !s.sqlite {
		t.cluster = r.cluster
	}
	return t.run(ctx, duration, requests)
}
