// Package authhttp is the HTTP edge of the session engine. It reads the session
// cookie of a request, puts what the cookie came to into the request's context,
// and writes the cookie of the answer, in one place and at the last moment.
//
//   - Edge.Middleware authenticates; each route says what kind of request it
//     serves: Page, Poll or Silent (middleware.go).
//   - Of several cookies that a request carries it finds this browser's own
//     (choose.go, companion.go), and says so where it cannot: Conflict.
//   - FromContext, SetCookie, ClearCookie, TellOnce, Refresh and AtHeaders are for
//     handlers inside it (context.go, tell.go).
//   - The session cookie is written when the headers go out (writer.go), after a
//     last look at what has ended since (setcookie.go). Only a sign-out deletes it.
//
// What a session is, this package leaves to package auth; who may enter, to the
// routes.
//
//house:circles 1
package authhttp
