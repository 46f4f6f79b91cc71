// Package authtest says what every auth.Store must do, as tests: Run is the
// conformance suite of the databases. It also has a Store in memory that
// passes it, for the tests of everything that needs one.
package authtest
