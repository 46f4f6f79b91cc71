package auth_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/authjs"
)

// heavy gives Ada roles of that many bytes.
func heavy(w *authtest.World, bytes int) {
	w.ChangeUser(w.A, "ada", func(u *auth.User) { u.Profile.Roles = []string{strings.Repeat("r", bytes)} })
}

func ids(sessions []auth.Session) (ids []string) {
	for _, s := range sessions {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestALoginTooLargeForHeadersLeavesEverythingAsItWas(t *testing.T) { // CK-3
	for _, policy := range []auth.Policy{auth.PolicyEvict, auth.PolicyDeny} {
		w := authtest.NewWorld(t, "jwt")
		w.Cfg.Policy = policy
		w.A = w.Instance()
		var current auth.Session
		for range map[auth.Policy]int{auth.PolicyEvict: 3, auth.PolicyDeny: 2}[policy] {
			current = w.Login(w.A).Session
		}
		before, _, _ := w.A.Sessions(t.Context(), "ada", auth.Page{Limit: 100})
		heavy(w, 1800)
		for range 3 {
			login := authtest.Ada
			login.Current = current
			_, err := w.A.Begin(t.Context(), login)
			if !errors.Is(err, auth.ErrTooLarge) || !regexp.MustCompile(`\d{4} bytes .* at most 3072`).MatchString(err.Error()) {
				t.Errorf("Begin with 1.8 kB of roles under %s = %v, want ErrTooLarge with both sizes", policy, err)
			}
		}
		after, _, _ := w.A.Sessions(t.Context(), "ada", auth.Page{Limit: 100})
		if got, want := ids(after), ids(before); !slices.Equal(got, want) {
			t.Errorf("after logins that were too large Ada has the sessions %v, want %v as before", got, want)
		}
	}
}

func TestTheSizeOfASessionIsASetting(t *testing.T) {
	w := authtest.NewWorld(t, "jwt")
	w.Cfg.MaxCookieBytes = 10 << 10
	w.A = w.Instance()
	heavy(w, 4000)
	if _, err := w.A.Begin(t.Context(), authtest.Ada); err != nil {
		t.Errorf("Begin with 4 kB of roles and 10 kB allowed = %v, want a session", err)
	}
	heavy(w, 8000)
	if _, err := w.A.Begin(t.Context(), authtest.Ada); !errors.Is(err, auth.ErrTooLarge) {
		t.Errorf("Begin with 8 kB of roles and 10 kB allowed = %v, want ErrTooLarge", err)
	}
}

func TestAnOpaqueTokenIsNeverTooLarge(t *testing.T) {
	w := authtest.NewWorld(t, "database")
	heavy(w, 100_000)
	if _, err := w.A.Begin(t.Context(), authtest.Ada); err != nil {
		t.Errorf("Begin with 100 kB of roles = %v, want a session", err)
	}
}

// The session goes on with the cookie that the browser has.
func TestAProfileThatGrewTooLargeEndsNoSession(t *testing.T) {
	w := authtest.NewWorld(t, "jwt")
	cookie := w.Login(w.A).Cookie
	heavy(w, 5000)
	r := w.Want(w.A, cookie, authtest.Visit, auth.StateOK, "")
	if r.Cookie != "" || len(r.Session.User.Profile.Roles) != 1 {
		t.Errorf("a visit sets a cookie of %d bytes and sees %d roles, want no new cookie and the roles", len(r.Cookie), len(r.Session.User.Profile.Roles))
	}
}

func TestTheCompanionFollowsTheSessionAndTheSecret(t *testing.T) {
	w := authtest.NewWorld(t, "jwt")
	old := w.A.Companion("s_1")
	if w.A.IsCompanion(old, "s_2") || w.A.IsCompanion("", "") || w.A.IsCompanion(w.A.Companion(""), "") || !w.A.IsCompanion(old, "s_1") {
		t.Error("IsCompanion takes another session's, or refuses the session's own")
	}
	w.Cfg.Secrets = []string{"the next secret, also of thirty-two bytes", authtest.Secret}
	if rotated := w.Instance(); !rotated.IsCompanion(old, "s_1") || rotated.Companion("s_1") == old {
		t.Error("after a rotation the old companion is refused, or still made")
	}
	w.Cfg.Secrets = w.Cfg.Secrets[:1]
	if w.Instance().IsCompanion(old, "s_1") {
		t.Error("a companion outlives its secret")
	}
}

// An Auth.js application takes each cookie whose name begins with the session's for a chunk.
func TestTheCompanionsNameFollowsTheSessionCookies(t *testing.T) {
	for session, want := range map[string]string{
		"authjs.session-token":          "__Host-latchkey.authjs.session-token",
		"__Secure-authjs.session-token": "__Host-latchkey.authjs.session-token",
		"__Host-session":                "__Host-latchkey.session",
		"shop":                          "__Host-latchkey.shop",
	} {
		got := auth.CompanionName(session)
		if got != want || strings.HasPrefix(got, session) {
			t.Errorf("CompanionName(%s) = %s, want %s", session, got, want)
		}
	}
	if authjs.MaxRemoved < authjs.MaxChunks {
		t.Error("an answer cannot remove all chunks of an older session")
	}
}
