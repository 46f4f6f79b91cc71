package accounts_test

import (
	"errors"
	"strings"
	"testing"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
)

// grow gives Ada roles of that many bytes.
func (w *world) grow(bytes int) error {
	w.Helper()
	ada := w.login(w.users).Session.User.ID
	return w.users.UpdateUser(w.Context(), ada, func(u *accounts.Editable) error {
		u.Profile.Roles = []string{strings.Repeat("r", bytes)}
		return nil
	})
}

// The refusal comes when the profile is written, not at the user's next sign-in.
func TestAProfileTooLargeForASessionIsNotWritten(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		if err := w.grow(900); err != nil {
			t.Errorf("UpdateUser with 900 bytes of roles = %v, want it written", err)
		}
		err := w.grow(1800)
		if w.Cfg.Strategy == "database" {
			if err != nil {
				t.Errorf("UpdateUser under the database strategy = %v, want it written", err)
			}
			return
		}
		if !errors.Is(err, auth.ErrTooLarge) {
			t.Errorf("UpdateUser with 1.8 kB of roles = %v, want ErrTooLarge", err)
		}
		if got := w.login(w.users).Session.User.Profile.Roles; len(got) != 1 || len(got[0]) != 900 {
			t.Errorf("after the refusal Ada has %d roles, want the one of before", len(got))
		}
	})
}

func TestAUserWhoIsTooLargeAlreadyMayBeChanged(t *testing.T) {
	w := newWorld(t, "jwt")
	ada := w.login(w.users).Session.User.ID
	w.ChangeUser(w.A, ada, func(u *auth.User) { u.Profile.Roles = []string{strings.Repeat("r", 4000)} })
	err := w.users.UpdateUser(t.Context(), ada, func(u *accounts.Editable) error {
		u.Profile.Roles = []string{strings.Repeat("r", 3000)}
		return nil
	})
	if err != nil {
		t.Errorf("UpdateUser that makes a large user smaller = %v, want it written", err)
	}
}

func TestAPictureTooLargeForASessionIsInvalid(t *testing.T) {
	w := newWorld(t, "jwt")
	if err := w.grow(900); err != nil {
		t.Fatal(err)
	}
	ada := w.login(w.users).Session.User.ID
	image := "https://img.example/" + strings.Repeat("x", 1000)
	err := w.users.EditUser(t.Context(), ada, accounts.Edit{Image: &image})
	if invalid, ok := errors.AsType[accounts.Invalid](err); !ok || invalid["image"] == "" {
		t.Errorf("EditUser with a long picture = %v, want Invalid for the image", err)
	}
}
