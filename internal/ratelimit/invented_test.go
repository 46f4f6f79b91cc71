//go:build !race

package ratelimit_test

// invented is how many accounts a test invents.
const invented = 1_000_000
