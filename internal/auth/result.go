package auth

// State is the outcome of checking a request's session cookie.
type State int

// The four outcomes.
const (
	StateNone        State = iota // no session of ours
	StateOK                       // signed in
	StateEnded                    // there was a session: Reason says what became of it
	StateUnavailable              // the database is needed and cannot be asked: neither in nor out
)

// Result is what a request's session cookie came to.
type Result struct {
	State   State
	Session Session // with StateOK; the caller's own copy
	Reason  Reason  // with StateEnded
	EndedID string  // with StateEnded: the session's id; "" = not known any more
	Cookie  string  // with StateOK: the value to set now; "" = leave the browser's cookie alone
	Err     error   // with StateUnavailable: for the log; with StateNone: the cookie may be good later

	shared bool // the session has parts in common with what is remembered
}

// Mode says what a request may do to its session.
type Mode struct {
	Renew       bool // it counts as activity: slide the expiry and set the cookie when due
	AskDatabase bool // ask the database whatever is remembered
}
