package authtest

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
)

// byHand is what an operator may do to the tables with plain SQL. NOW stands for
// the present time in the database's words, ADA for the user's id.
var byHand = []struct {
	name, statement string
	state           auth.State
	reason          auth.Reason
	shows           func(auth.User) bool // nil = the session is not let in
}{
	{"disabling a user", `UPDATE users SET disabled_at = NOW WHERE id = 'ADA'`, auth.StateEnded, auth.ReasonAdmin, nil},
	{"deleting a user", `DELETE FROM users WHERE id = 'ADA'`, auth.StateEnded, auth.ReasonDeleted, nil},
	{"ending a user's sessions", `UPDATE sessions SET ended_at = NOW, end_reason = 'admin' WHERE user_id = 'ADA' AND ended_at IS NULL`,
		auth.StateEnded, auth.ReasonAdmin, nil},
	{"giving roles", `UPDATE users SET profile = '{"roles":["ops"]}' WHERE id = 'ADA'`, auth.StateOK, "",
		func(u auth.User) bool { return slices.Equal(u.Profile.Roles, []string{"ops"}) }},
	{"changing a name", `UPDATE users SET name = 'Ada L.', email = 'ada.l@example.com' WHERE id = 'ADA'`, auth.StateOK, "",
		func(u auth.User) bool { return u.Name == "Ada L." && u.Email == "ada.l@example.com" }},
	{"disabling and changing the password", `UPDATE users SET password_hash = NULL, disabled_at = NOW WHERE id = 'ADA'`,
		auth.StateEnded, auth.ReasonAdmin, nil},
}

// RunByHand checks that every instance learns by its next poll of what an operator
// has changed by plain SQL. open returns an empty store, and what runs a statement
// in its database; now is the present time in SQL.
func RunByHand(t *testing.T, now string, open func(t *testing.T) (Backend, func(statement string))) {
	for _, strategy := range Strategies {
		for _, c := range byHand {
			t.Run(strategy+"/"+c.name, func(t *testing.T) {
				h := newHand(t, strategy, now, open)
				h.do(c.statement)
				r := h.look()
				if r.State != c.state || r.Reason != c.reason || c.shows != nil && !c.shows(r.Session.User) {
					t.Errorf("after %s the session is in state %d %q as %+v, want state %d %q", c.statement, r.State, r.Reason, r.Session.User, c.state, c.reason)
				}
			})
		}
		t.Run(strategy+"/a user who is enabled again is let in again", func(t *testing.T) {
			h := newHand(t, strategy, now, open)
			h.do(`UPDATE users SET disabled_at = NOW WHERE id = 'ADA'`)
			if r := h.look(); r.State != auth.StateEnded {
				t.Errorf("state of a disabled user's session = %d, want %d", r.State, auth.StateEnded)
			}
			h.do(`UPDATE users SET disabled_at = NULL WHERE id = 'ADA'`)
			if r := h.look(); r.State != auth.StateOK {
				t.Errorf("state of an enabled user's session = %d %q (%v), want %d", r.State, r.Reason, r.Err, auth.StateOK)
			}
		})
	}
}

// hand is an operator beside a running instance, on which Ada is signed in.
type hand struct {
	*testing.T
	do     func(statement string)
	here   *auth.Service
	cookie string
}

func newHand(t *testing.T, strategy, now string, open func(t *testing.T) (Backend, func(statement string))) *hand {
	t.Helper()
	store, do := open(t)
	id := auth.NewID()
	begun := time.Now().Add(-time.Hour) // of the account
	if err := store.AddUser(t.Context(), auth.User{ID: id, Email: "ada@example.com", CreatedAt: begun, UpdatedAt: begun}); err != nil {
		t.Fatal(err)
	}
	here, err := auth.New(auth.Config{
		Store: store, Strategy: strategy, Secrets: []string{Secret}, CookieName: "authjs.session-token",
		MaxAge: 24 * time.Hour, AbsoluteMaxAge: 72 * time.Hour, RenewAfter: 5 * time.Minute, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	issued, err := here.Begin(t.Context(), auth.Login{UserID: id, Method: auth.MethodPassword})
	if err != nil {
		t.Fatal(err)
	}
	words := strings.NewReplacer("NOW", now, "ADA", id)
	h := &hand{T: t, do: func(statement string) { do(words.Replace(statement)) }, here: here, cookie: issued.Cookie}
	if r := h.look(); r.State != auth.StateOK { // from now on the instance trusts it
		t.Fatalf("state of a new session = %d %q (%v), want %d", r.State, r.Reason, r.Err, auth.StateOK)
	}
	return h
}

// look is the instance's next poll and then a request.
func (h *hand) look() auth.Result {
	h.Helper()
	if err := h.here.Sync(h.Context()); err != nil {
		h.Fatal(err)
	}
	return h.here.Authenticate(h.Context(), h.cookie, Look)
}
