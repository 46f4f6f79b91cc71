package auth

import "strings"

// CompanionName is the name of the cookie that accompanies the session cookie on https and
// says which session is this browser's. Its prefix has the browser refuse it from sibling
// hosts and from plain http (RFC 6265bis §4.1.3), so a neighbour that plants a session
// cookie of its own cannot plant this one with it. It follows the session cookie's name, so
// that two sites do not meet, and does not begin with it: an Auth.js application takes every
// cookie that does for a chunk of the session.
func CompanionName(cookieName string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(cookieName, "__Secure-"), "__Host-")
	return "__Host-latchkey." + name
}

// Companion returns the companion cookie's value for a session: a MAC of its id. An
// application that re-encodes the session's token keeps the id, so the two still match.
func (s *Service) Companion(sessionID string) string { return s.companions.tag(sessionID) }

// IsCompanion reports whether a value is the companion of a session, under any of our
// secrets.
func (s *Service) IsCompanion(value, sessionID string) bool {
	return sessionID != "" && s.companions.isTag(value, sessionID)
}
