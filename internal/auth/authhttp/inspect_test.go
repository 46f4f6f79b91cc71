package authhttp_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
)

// inspect is what a page sees of its request's cookie.
func (w *world) inspect(cookie string) (c auth.Carried) {
	w.serve(cookie, func(_ http.ResponseWriter, r *http.Request) { c = authhttp.Inspect(r.Context()) })
	return c
}

func claim(c auth.Carried, name string) auth.Claim {
	i := slices.IndexFunc(c.Claims, func(c auth.Claim) bool { return c.Name == name })
	if i < 0 {
		return auth.Claim{}
	}
	return c.Claims[i]
}

func TestInspectTellsWhatTheCookieCarries(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.Login(w.A)
		c := w.inspect(issued.Cookie)
		if c.Strategy != w.Cfg.Strategy || c.Bytes != len(issued.Cookie) || c.Cookies != 1 {
			t.Errorf("Inspect = %q, %d bytes in %d cookies, want %q, %d in 1", c.Strategy, c.Bytes, c.Cookies, w.Cfg.Strategy, len(issued.Cookie))
		}
		if w.Cfg.Strategy == "database" {
			if c.Claims != nil || len(c.Start) != 6 || !strings.HasPrefix(issued.Cookie, c.Start) {
				t.Errorf("of an opaque token Inspect tells %d claims and the start %q, want no claim and 6 characters", len(c.Claims), c.Start)
			}
			return
		}
		var names []string
		for _, c := range c.Claims {
			names = append(names, c.Name)
		}
		want := []string{"sub", "sid", "name", "email", "auth_time", "amr", "vat", "exp", "abs", "iat", "jti"}
		if !slices.Equal(names, want) || c.Start != "" {
			t.Errorf("Inspect tells the claims %q and the start %q, want %q and none", names, c.Start, want)
		}
		if got := claim(c, "sid").Text; got != issued.Session.ID {
			t.Errorf("sid = %q, want %q", got, issued.Session.ID)
		}
		if got := claim(c, "exp").Date; !got.Equal(issued.Session.ExpiresAt.Truncate(time.Second)) {
			t.Errorf("exp = %v, want %v", got, issued.Session.ExpiresAt)
		}
	})
}

// What counts is what the browser has afterwards.
func TestInspectTellsOfTheCookieThatTheAnswerSets(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.Cfg.MaxCookieBytes = 20 << 10
		w.A = w.Instance()
		w.edge.Sessions = w.A
		issued := w.Login(w.A)
		before := w.inspect(issued.Cookie)
		w.ChangeUser(w.A, "ada", func(u *auth.User) {
			u.Profile.Roles = []string{"editor", strings.Repeat("x", 5000)}
		})
		after := w.inspect(issued.Cookie)
		if w.Cfg.Strategy == "database" {
			if after.Bytes != before.Bytes || after.Cookies != 1 {
				t.Errorf("a large profile makes the opaque token %d bytes in %d cookies, want %d in 1", after.Bytes, after.Cookies, before.Bytes)
			}
			return
		}
		if after.Cookies != 2 || !strings.HasPrefix(claim(after, "roles").Text, `["editor","xxx`) {
			t.Errorf("with a large profile the JWT fills %d cookies and roles = %.20s, want 2 and the new roles", after.Cookies, claim(after, "roles").Text)
		}
	})
}

func TestInspectTellsNothingWithoutASession(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.Login(w.A)
		w.A.End(t.Context(), auth.Selector{UserID: issued.Session.User.ID}, auth.ReasonSignedOut)
		for name, cookie := range map[string]string{"no cookie": "", "nonsense": "nonsense", "an ended session": issued.Cookie} {
			if c := w.inspect(cookie); c.Strategy != "" || c.Bytes != 0 || c.Claims != nil || c.Start != "" {
				t.Errorf("Inspect with %s = %+v, want nothing", name, c)
			}
		}
	})
}
