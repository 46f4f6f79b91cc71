// Package dbtrace counts how often the database is asked on behalf of a
// request. It counts inside the drivers, so that every store is seen, a
// project's own included, without a line of theirs. It imports nothing of ours.
package dbtrace

import (
	"context"
	"sync/atomic"
)

type counterKey struct{}

// WithCounter returns a context that counts what the database is asked in it.
func WithCounter(ctx context.Context) context.Context {
	return context.WithValue(ctx, counterKey{}, new(atomic.Int64))
}

// Count is how often the database has been asked in ctx so far, a transaction
// counting as one. Requests that ask the same question at the same time are
// answered together: it counts for the one that put it. 0 without WithCounter.
func Count(ctx context.Context) int {
	if n, ok := ctx.Value(counterKey{}).(*atomic.Int64); ok {
		return int(n.Load())
	}
	return 0
}

// total is of this process. A round trip costs a thousand times what counting it does.
var total atomic.Int64

// Total is how often databases have been asked since the program's start, whoever asked.
func Total() int64 { return total.Load() }

// Add notes one statement outside a transaction, or one transaction. Drivers call
// it.
func Add(ctx context.Context) {
	total.Add(1)
	if n, ok := ctx.Value(counterKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
}
