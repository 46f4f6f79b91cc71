//go:build !race

package authtest

// crowd is how many sessions RunCrowd gives a user.
const crowd = 50_000
