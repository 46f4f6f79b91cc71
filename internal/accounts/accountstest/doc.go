// Package accountstest says what every accounts.Store must do, as tests: Run is
// the conformance suite of the databases. It also has a Store in memory that
// passes it, which is the engine's with what accounts know of a user.
package accountstest
