package ratelimittest_test

import (
	"testing"

	"latchkey/internal/ratelimit"
	"latchkey/internal/ratelimit/ratelimittest"
)

func TestStore(t *testing.T) {
	ratelimittest.Run(t, func(*testing.T) (a, b ratelimit.Store) {
		m := ratelimittest.NewMemory()
		return m, m
	})
}
