//go:build race

package authtest

// crowd is smaller under the race detector, in which SQLite, a program in Go, takes ten
// times as long.
const crowd = 10_000
