// Package authjs is the wire format of Auth.js v5: what the cookies of a site look like,
// so that an Auth.js application on the same domain can read our session, and any Go
// service can read theirs.
//
// # The tour
//
// From the secret to the browser, one file each:
//
//	keys.go     secret + salt -> key and key id; the salt is the cookie's name
//	claims.go   Claims <-> JSON: the claims we name, and every other one kept as it came
//	seal.go     any payload <-> token: a compact JWE under that key
//	token.go    Claims <-> token
//	accept.go   when a token that is ours may be believed, given the time
//	cookie.go   cookies -> the tokens they could be: in one, or in up to four chunks
//	write.go    token -> cookies, and their removal
//	csrf.go     the double-submit token of the Auth.js forms
//	value.go    percent-encoding, by the rules of the browser
//
// # What it owns, and what never touches it
//
// It owns bytes. It has no clock (the caller passes the time), no storage, no handlers,
// no log and no configuration, and it imports go-jose and the standard library only. So
// another service, or a WebAssembly function at the edge, can read a session with this
// package alone; the example shows how.
//
// A token that Decode accepts was made with one of our secrets, for this purpose, and has
// not expired. Its session may have ended all the same: a sign-out leaves the tokens of a
// session as they are. A service that must know compares [Claims.ValidatedAt] with the
// time, and asks the site's session endpoint when it is too long ago.
//
// # Where it differs from Auth.js, on purpose
//
//   - Auth.js also reads A256GCM, whose key is the first half of the A256CBC-HS512 key.
//     Here: one key, one algorithm.
//   - Auth.js accepts a token without kid, or without exp. Here both are required, and so
//     are sub and sid.
//   - Auth.js ignores header fields it does not know and reads one token in several
//     spellings. Here the header is compared byte for byte and the rest is written again
//     and compared, so a token has one spelling, and zip, crit or jwk are refused.
//   - Auth.js joins every cookie whose name starts with the session's name, so a leftover
//     chunk signs its user out. Here only exact names count, and every value that they can
//     have is read, so that a stray cookie never hides a good token.
//   - Auth.js takes the first of two cookies with one name, which may be planted. Here both
//     are read, and a request with two valid sessions is for the reader to refuse.
//   - Auth.js has no limit on the number of chunks. Here it is four: browsers and proxies
//     answer more with status 431.
package authjs
