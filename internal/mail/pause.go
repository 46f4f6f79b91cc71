package mail

import (
	"context"
	"math/rand/v2"
	"time"
)

// outagePause is the longest, while there is no server to talk to.
const outagePause = 15 * time.Second

// backOff is the pause before a try: first, doubled after each try that failed.
func backOff(first time.Duration, failed int, most time.Duration) time.Duration {
	return min(first<<min(failed, 20), most)
}

// jitter is d, give or take a fifth: instances take turns.
func jitter(d time.Duration) time.Duration { return d - d/5 + rand.N(2*d/5) }

// wait lets d pass, or less if ctx ends or something is new.
func wait(ctx context.Context, d time.Duration, news <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-news:
	case <-time.After(d):
	}
}
