// Package auth is the session engine. It owns logins, sessions, their renewal
// and their end. It knows no password, no HTTP and no SQL: who the users are is
// package accounts, the cookie is package authhttp, the rows are package postgres
// or sqlite.
//
// The tour:
//
//   - A login is one row in the sessions table, whatever the strategy. Begin
//     writes it under a lock on the user's row, so that the limit on concurrent
//     sessions holds under any race (begin.go, limit.go). At the limit a user may
//     be asked to confirm which session makes room (confirm.go).
//   - A Strategy decides what the cookie carries: the claims, encrypted (jwt.go),
//     or an opaque token (opaque.go). A cookie of either kind is read at any
//     time; one of the kind not in force only says where to look.
//   - Authenticate turns a cookie into a Result without asking the database, as
//     long as the last validation is younger than RenewAfter (authenticate.go).
//     Past that, a renewal asks, slides the expiry and makes a new cookie; a
//     session that ended cannot be renewed, so nothing brings one back
//     (validate.go, verdict.go).
//   - Endings make that safe: a small map of what ended or changed lately, fed
//     by the ending itself on this instance and by notification and poll on the
//     others (endings.go, publish.go).
//   - End ends one session, the others, or all, for a Reason that a late request
//     is still told (end.go).
//   - Watch passes on what this instance learns of one session, so that an open
//     page need not wait for its next poll (watch.go).
//   - Events takes note of what matters to security (events.go).
//
// What a database must do is the Store interface, whose comments are its
// specification; package authtest checks it. Results are never guessed: when
// the database is needed and cannot be asked, the answer is StateUnavailable,
// which is neither signed in nor signed out.
package auth
