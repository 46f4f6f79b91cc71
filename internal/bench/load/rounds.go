package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"slices"
)

func measureAll(ctx context.Context, o options, root string) (results, error) {
	b := &bench{options: o}
	defer b.close()
	if err := b.prepare(ctx, root); err != nil {
		return results{}, err
	}
	for _, d := range b.databases {
		if err := b.addServers(ctx, d); err != nil {
			return results{}, err
		}
	}
	fmt.Fprintf(os.Stderr, "%d servers, %d rounds of %s for each page\n", len(b.subjects), o.rounds, o.duration)
	if err := b.warm(ctx); err != nil {
		return results{}, err
	}
	if err := b.sameAnswers(); err != nil {
		return results{}, err
	}
	samples, err := b.rounds(ctx)
	if err != nil {
		return results{}, err
	}
	b.results.Ratios = b.ratios(samples)
	b.results.Rounds, b.results.Duration, b.results.Connections = o.rounds, o.duration.String(), o.connections
	b.results.Machine = thisMachine()
	b.results.Benchmarks, err = goBenchmarks(ctx, root, o.benchtime)
	return b.results, err
}

// warm has every server answer every browser once, and so checks them all.
func (b *bench) warm(ctx context.Context) error {
	for _, s := range b.subjects {
		for _, path := range s.paths {
			if _, err := drive(ctx, s.server.Addr, requests(s.visitors, path, s.control), b.connections, 0); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return nil
}

// sameAnswers fails unless each server gives the answers of its control, but for nonces and
// numbers.
func (b *bench) sameAnswers() error {
	shapes := map[key]string{}
	for _, s := range b.subjects {
		for _, path := range s.paths {
			shape, err := shapeOf(s.server.Addr, requests(s.visitors, path, s.control)[0])
			if err != nil {
				return fmt.Errorf("%s, %s: %w", s.name, path, err)
			}
			shapes[key{s.name, path}] = shape
			if control := shapes[key{s.against, path}]; s.against != "" && shape != control {
				return fmt.Errorf("%s answers %s:\n%s\n\nand %s answers:\n%s", s.name, path, shape, s.against, control)
			}
		}
	}
	return nil
}

// key is what one sample is of.
type key struct{ name, path string }

// rounds measures every subject once in each round, and returns the processor time of a
// request in microseconds, by round.
func (b *bench) rounds(ctx context.Context) (map[key][]float64, error) {
	samples := map[key][]float64{}
	for round := range b.options.rounds {
		fmt.Fprintf(os.Stderr, "round %d\n", round+1)
		for _, path := range paths {
			for _, i := range mathrand.Perm(len(b.subjects)) {
				s := b.subjects[i]
				if !slices.Contains(s.paths, path) {
					continue
				}
				micros, err := b.sample(ctx, s, path)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", s.name, path, err)
				}
				samples[key{s.name, path}] = append(samples[key{s.name, path}], micros)
			}
		}
	}
	return samples, nil
}

func (b *bench) sample(ctx context.Context, s subject, path string) (micros float64, err error) {
	writing, stop := context.WithCancel(ctx)
	written := make(chan error, 1)
	written <- nil
	if s.busy != nil {
		<-written
		go func() { written <- keepWriting(writing, s.busy, s.visitors.ids) }()
	}
	all := requests(s.visitors, path, s.control)
	before, err := s.server.cpu()
	if err == nil {
		var n int
		n, err = drive(ctx, s.server.Addr, all, b.connections, b.duration)
		after, failed := s.server.cpu()
		err = errors.Join(err, failed)
		micros = (after - before).Seconds() * 1e6 / float64(max(n, 1))
	}
	stop()
	return micros, errors.Join(err, <-written)
}

// ratios compares the samples of each subject with those of its control, round by round.
func (b *bench) ratios(samples map[key][]float64) (all []ratio) {
	for _, path := range paths {
		for _, s := range b.subjects {
			own := samples[key{s.name, path}]
			if own == nil {
				continue
			}
			r := ratio{Name: s.name, Path: path, Against: s.against, Target: s.target, Micros: spreadOf(own)}
			if s.against != "" {
				var quotients []float64
				for i, control := range samples[key{s.against, path}] {
					quotients = append(quotients, own[i]/cmp.Or(control, 1)) // a round too short for the clock of the system
				}
				r.Ratio = spreadOf(quotients)
			}
			all = append(all, r)
		}
	}
	return all
}
