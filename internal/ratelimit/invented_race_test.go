//go:build race

package ratelimit_test

// invented is smaller under the race detector, in which counting takes ten times as long.
const invented = 50_000
