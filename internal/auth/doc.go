// Package auth is who is logged in. It owns logins, sessions, their renewal
// and their end; it knows no HTML, no SQL and no router.
//
// The tour:
//
//   - A login is one row in the sessions table, whatever the strategy. Login
//     writes it under a lock on the user's row, so that the limit on concurrent
//     sessions holds under any race (login.go, limit.go).
//   - A Strategy decides what the cookie carries: the claims, encrypted (jwt.go),
//     or an opaque token (database.go). A cookie of either kind is read at any
//     time; one of the kind not in force proves only where to look.
//   - Authenticate turns a cookie into a Result without asking the database, as
//     long as the last validation is younger than RenewAfter (authenticate.go).
//     Past that, a renewal asks, slides the expiry and makes a new cookie; a
//     session that ended cannot be renewed, so nothing brings one back (check.go).
//   - The View is what makes that safe: a small map of what ended or changed
//     lately, fed by the ending itself on this instance and by notification and
//     poll on the others (view.go).
//   - End ends one session, the others, or all, for a Reason that a late request
//     is still told (end.go).
//   - The Middleware puts the Result into the request's context, and one function
//     writes the cookie, after a last look into the view (middleware.go,
//     cookie.go).
//   - Watch passes on what the view hears of one session, so that an open page
//     need not wait for its next poll (watch.go).
//
// What a database must do is the Store interface, whose comments are its
// specification; package authtest checks it. Results are never guessed: when
// the database is needed and cannot be asked, the answer is Unavailable, which
// is neither signed in nor signed out.
package auth
