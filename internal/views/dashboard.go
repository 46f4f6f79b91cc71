package views

import (
	"strconv"
	"time"

	"github.com/a-h/templ"
)

// DashboardModel is the first page of a signed-in user. A zero time is not
// shown.
type DashboardModel struct {
	Strategy          string    // the strategy in use: "jwt" or "database"
	Devices           int       // how many the user is signed in on; 0: not counted
	Limit             int       // on how many they may be; 0: any number
	ValidatedAt       time.Time // when the session was last checked against the database
	ExpiresAt         time.Time // when it ends if it is not used; moves with use
	AbsoluteExpiresAt time.Time // when it ends at the latest

	Parts templ.Component // what optional parts show; nil: nothing
}

// devices is the first fact: how many devices, or how many there may be.
func (m DashboardModel) devices() (value, of string) {
	switch {
	case m.Devices > 0 && m.Limit > 0:
		return strconv.Itoa(m.Devices), "of " + strconv.Itoa(m.Limit)
	case m.Devices > 0:
		return strconv.Itoa(m.Devices), ""
	case m.Limit > 0:
		return strconv.Itoa(m.Limit), "at most"
	}
	return "No limit", ""
}

// idle is how long the session lives without use.
func (m DashboardModel) idle(p Page) string { return span(aboutToCome(m.ExpiresAt.Sub(p.now()))) }
