package main

import (
	"time"
)

// account is a user of the site with all that is known of their sessions. It belongs to one
// worker.
type account struct {
	id, email string
	password  string
	perhaps   string // what the password was to become, if nobody has said that it has; "" = nothing
	address   string // from which their requests come
	device    string // the cookie by which the site knows their browser again; "" = none
	live      []*session

	// doubtful is until when something that nobody has acknowledged may still be carried
	// out: a request without an answer, or what a server has sent to a database that it does
	// not reach. Zero = nothing is.
	doubtful time.Time
	strays   bool // there may be sessions that no browser here holds
	crowded  bool // sign-ins are under way at the same moment
}

// doubtFor is longer than anything is held back.
const doubtFor = 45 * time.Second

func (a *account) doubt() { a.doubtful, a.strays = time.Now().Add(doubtFor), true }

func (a *account) inDoubt() bool { return time.Now().Before(a.doubtful) }

// drop takes a session from those that are live.
func (a *account) drop(s *session) {
	for i, other := range a.live {
		if other == s {
			a.live = append(a.live[:i:i], a.live[i+1:]...)
			return
		}
	}
}

// session is one that was acknowledged.
type session struct {
	id        string
	account   *account
	cookies   []string // the last values, the newest last
	companion string
	begun     time.Time
}

// mostCookies is how many values of a session are remembered: older ones must be refused as
// well as the newest.
const mostCookies = 3

func (s *session) renewed(cookie string) {
	s.cookies = append(s.cookies, cookie)
	if len(s.cookies) > mostCookies {
		s.cookies = s.cookies[1:]
	}
}

func (s *session) newest() string { return s.cookies[len(s.cookies)-1] }

// ending is an end that was acknowledged.
type ending struct {
	at  time.Time // when the acknowledgement had arrived
	by  *life     // who gave it; nil = no server did
	how string    // "sign-out", "limit" and so on
}
