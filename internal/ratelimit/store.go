// Package ratelimit counts what clients try: passwords above all. The counts are in the
// database, so that all instances share them and a restart forgets none. It knows no
// users and no requests, only keys.
package ratelimit

import (
	"context"
	"time"
)

// Store keeps buckets. ratelimittest.Run checks what is said here. Times have millisecond
// precision and come from the caller. Errors wrap auth.ErrUnavailable where the database
// could not be asked.
type Store interface {
	// TakeToken takes a token out of a bucket, by one statement: of calls at the same time,
	// on any number of instances, no more succeed than there are tokens. It returns when
	// the bucket is full again, and whether there was a token. A key that has no row is a
	// full bucket; insert says whether it may get one.
	TakeToken(ctx context.Context, key string, b Bucket, now time.Time, insert bool) (fullAt time.Time, ok bool, err error)

	// ReturnToken puts a token back.
	ReturnToken(ctx context.Context, key string, b Bucket) error

	// Remember notes a key until a time; Remembers reports whether that is so at now.
	Remember(ctx context.Context, key string, until time.Time) error
	Remembers(ctx context.Context, key string, now time.Time) (bool, error)

	// CollectBuckets deletes the rows that are full again before now, and says how many
	// are left.
	CollectBuckets(ctx context.Context, now time.Time) (left int, err error)
}

// Bucket is how much there may be of something: Tokens at once, and one more for each
// Interval that has passed since.
type Bucket struct {
	Tokens   int
	Interval time.Duration
}

// whole is how long an empty bucket takes to be full again.
func (b Bucket) whole() time.Duration { return time.Duration(b.Tokens) * b.Interval }

// Empty says until when there is no token in a bucket that is full again at fullAt.
func (b Bucket) Empty(fullAt time.Time) time.Time { return fullAt.Add(b.Interval - b.whole()) }
