package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// How long a planted bug may stay unseen: some need a fault that comes seldom. And how long a
// trial is in which one is seen at the end.
const (
	controlTime     = 2 * time.Minute
	lateControlTime = time.Minute
)

// controlAll plants one bug after the other, or the one that is named, and looks whether the
// trial fails for the reason it should.
func (r *rack) controlAll(ctx context.Context) (all []control, err error) {
	for _, b := range bugs {
		if r.controls != "all" && r.controls != b.name {
			continue
		}
		fmt.Fprintf(os.Stderr, "planted: %s\n", b.words)
		program, err := r.build(ctx, slices.Concat(clockEdits, b.edits)...)
		if err != nil {
			return all, fmt.Errorf("%s: %w", b.name, err)
		}
		s, err := b.setting(r.options)
		if err != nil {
			return all, err
		}
		began, duration := time.Now(), controlTime
		if b.late {
			duration = lateControlTime
		}
		seen, err := r.one(ctx, s, program, duration, 0, b.finds)
		if err != nil {
			return all, fmt.Errorf("%s: %w", b.name, err)
		}
		all = append(all, control{b.name, b.words, b.finds, seen.Violations[b.finds], time.Since(began)})
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no bug is named %q", r.controls)
	}
	return all, nil
}

// setting is that of the trial in which a bug is looked for, with true clocks.
func (b bug) setting(o options) (setting, error) {
	for round := range 2 {
		for _, s := range settings(o, round) {
			if s.name == b.trial+", true clocks" {
				return s, nil
			}
		}
	}
	return setting{}, fmt.Errorf("%s: there is no trial %q", b.name, b.trial)
}
