package auth_test

import (
	"slices"
	"testing"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

func TestAHandlerCannotChangeWhatTheNextRequestSees(t *testing.T) {
	authtest.Both(t, func(t *testing.T, w *authtest.World) {
		w.ChangeUser(w.A, "ada", func(u *auth.User) {
			u.Profile.Roles, u.MaxSessions = []string{"writer", "admin"}, new(3)
		})
		cookie := w.Login(w.A).Cookie
		for range 2 { // from the database, then from what is remembered
			u := w.Want(w.A, cookie, authtest.Look, auth.StateOK, "").Session.User
			if !slices.Equal(u.Profile.Roles, []string{"writer", "admin"}) {
				t.Fatalf("roles = %q, want them as they are stored", u.Profile.Roles)
			}
			if u.MaxSessions != nil { // a JWT does not carry it
				*u.MaxSessions = 99
			}
			slices.Sort(u.Profile.Roles)
		}
	})
}
