package lab

import (
	"net/http"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/dbtrace"
	"latchkey/internal/web/kit"
)

// methodPractice is how the user of a practice device proved who they are: by being
// signed in here.
const methodPractice auth.Method = "practice"

// practiceAgent names the device in the list of devices.
const practiceAgent = "Practice-device/1.0"

// practiceCookie holds the second session, in this browser, below a name of its own: no
// page but the lab's takes it for a session.
func (l *lab) practiceCookie() authjs.Cookie {
	return authjs.Cookie{Name: "lab-practice", Secure: l.HTTPS()}
}

// PracticeState is what became of the practice device.
type PracticeState string

// Its states.
const (
	PracticeNone PracticeState = ""    // there is none
	PracticeOn   PracticeState = "on"  // it is signed in
	PracticeOff  PracticeState = "off" // it was, and is refused now
)

// Practice is the practice device at this moment.
type Practice struct {
	State  PracticeState
	Reason string // why it is refused; "" = it is not, or nobody knows any more
}

func (p Practice) words() string {
	switch p.State {
	case PracticeOn:
		return "Signed in"
	case PracticeOff:
		return "Signed out"
	}
	return "None yet"
}

// ask is the practice device's own request: what its cookie comes to. That of another
// user is none.
func (l *lab) ask(r *http.Request) (auth.Result, Practice) {
	user := authhttp.FromContext(r.Context()).Session.User
	result := auth.Result{}
	for _, value := range l.practiceCookie().Candidates(r) {
		result = l.Auth.Authenticate(r.Context(), value, auth.Mode{})
		switch {
		case result.State == auth.StateOK && result.Session.User.ID == user.ID:
			return result, Practice{State: PracticeOn}
		case result.State == auth.StateEnded, result.State == auth.StateNone:
			return result, Practice{State: PracticeOff, Reason: string(result.Reason)}
		}
	}
	return result, Practice{}
}

// addPractice signs the user in a second time, by the one way in: the limit holds for
// this device as for any other. Where there is no room it says so before it would sign out
// one that somebody uses; a login at the same moment may still take the last place.
func (l *lab) addPractice(w http.ResponseWriter, r *http.Request) error {
	user := authhttp.FromContext(r.Context()).Session.User
	former, _ := l.ask(r)
	if former.Session.User.ID != user.ID {
		former.Session = auth.Session{}
	}
	_, devices, err := l.Auth.Sessions(r.Context(), user.ID, auth.Page{})
	if err != nil {
		return err
	}
	if limit := l.Auth.LimitOf(user); limit > 0 && devices >= limit && former.Session.ID == "" {
		return l.back(w, r, "full")
	}
	issued, err := l.Auth.Begin(r.Context(), auth.Login{
		UserID: user.ID, Method: methodPractice, Client: auth.Client{IP: kit.ClientOf(r).IP, UserAgent: practiceAgent}, Current: former.Session,
	})
	if err != nil {
		return err
	}
	cookie := l.practiceCookie()
	if err := cookie.Write(w.Header(), issued.Cookie, issued.Session.ExpiresAt, cookie.Carried(r)...); err != nil {
		return err
	}
	return l.back(w, r, "practice")
}

// endPractice signs the practice device out, as the list of devices would.
func (l *lab) endPractice(w http.ResponseWriter, r *http.Request) error {
	result, practice := l.ask(r)
	if practice.State != PracticeOn {
		return l.back(w, r, "none")
	}
	sel := auth.Selector{UserID: result.Session.User.ID, SessionID: result.Session.ID}
	if _, err := l.Auth.End(r.Context(), sel, auth.ReasonDevice); err != nil {
		return err
	}
	return l.back(w, r, "practice-ended")
}

// pinged is the answer to the practice device.
type pinged struct {
	State   PracticeState `json:"state"`
	Reason  string        `json:"reason"`
	Queries int           `json:"queries"` // what it cost to know
}

// ping is what the practice device asks once a second: 200 while it is signed in, 401 from
// the moment it is not.
func (l *lab) ping(w http.ResponseWriter, r *http.Request) error {
	before := dbtrace.Count(r.Context())
	result, practice := l.ask(r)
	if result.State == auth.StateUnavailable {
		return result.Err
	}
	status := http.StatusOK
	if practice.State != PracticeOn {
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Session realm="practice"`)
	}
	kit.NoStore(w.Header())
	return kit.WriteJSON(w, status, pinged{practice.State, practice.Reason, dbtrace.Count(r.Context()) - before})
}
