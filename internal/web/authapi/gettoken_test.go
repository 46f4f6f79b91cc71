package authapi_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/web/webtest"
)

// otherApp is what testdata/nextauth/app.mjs tells.
type otherApp struct {
	Claims    map[string]any  // of getToken; nil = it refused
	Session   json.RawMessage // of its session endpoint
	SetCookie []string        // likewise
}

// visitOtherApp sends the browser's cookies to an Auth.js application on our
// domain and keeps what it sets.
func visitOtherApp(b *webtest.Browser) otherApp {
	b.T.Helper()
	var cookies []string
	for _, c := range b.Client.Jar.Cookies(b.Origin()) {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	in, err := json.Marshal(map[string]any{
		"url": b.Site.URL + "/auth/session", "cookie": strings.Join(cookies, "; "), "secret": b.Site.Auth.Secrets})
	if err != nil {
		b.T.Fatal(err)
	}
	var stderr bytes.Buffer
	node := exec.CommandContext(b.T.Context(), "node", "app.mjs")
	node.Dir, node.Stdin, node.Stderr = nextAuthDir, bytes.NewReader(in), &stderr
	out, err := node.Output()
	if err != nil {
		b.T.Fatalf("node: %v\n%s", err, &stderr)
	}
	var app otherApp
	if err := json.Unmarshal(out, &app); err != nil {
		b.T.Fatalf("%s: %v", out, err)
	}
	for _, line := range app.SetCookie {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			b.T.Fatalf("Set-Cookie of the other application %q: %v", line, err)
		}
		b.Client.Jar.SetCookies(b.Origin(), []*http.Cookie{c})
	}
	return app
}

// CK-3, TK-1: the real getToken reads our cookies, chunks included, and we read
// what the real Auth.js made of them.
func TestGetTokenReadsOurCookie(t *testing.T) {
	nextAuth(t)
	for name, plan := range map[string]int{"in one cookie": 10, "in chunks": 5_000} {
		t.Run(name, func(t *testing.T) {
			w := webtest.OnMemory(t)
			b := w.SignUp("ada@example.com")
			user, _, _ := w.Database.UserByEmail(t.Context(), "ada@example.com")
			w.Wait(time.Second)
			if _, err := w.Database.UpdateUser(t.Context(), user.ID, w.Now(), func(u *accounts.Editable) error {
				u.Profile.Plan = strings.Repeat("x", plan)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			b.Post("/signout").RedirectsTo("/signin?reason=signout")
			b.Post("/signin", "email", "ada@example.com", "password", webtest.Password).RedirectsTo("/dashboard")
			live, _, err := w.Database.Live(t.Context(), user.ID, w.Now(), auth.Page{Limit: 10})
			if err != nil || len(live) != 1 {
				t.Fatalf("Live = %d sessions, %v, want one", len(live), err)
			}
			ours := sessionCookies(b)
			if chunked := len(ours) > 1; chunked != (plan > 4096) {
				t.Fatalf("the session travels in %d cookies, want more than one exactly when it is long", len(ours))
			}

			app := visitOtherApp(b)
			for claim, want := range map[string]any{
				"sub": user.ID, "email": "ada@example.com", "name": "Ada Lovelace", "sid": live[0].ID,
				"vat": float64(live[0].LastSeenAt.UnixMilli()) / 1000, "plan": strings.Repeat("x", plan),
			} {
				if app.Claims[claim] != want {
					t.Errorf("getToken: %s = %v, want %v", claim, app.Claims[claim], want)
				}
			}
			if got := userIn(t, string(app.Session)); got["email"] != "ada@example.com" || got["name"] != "Ada Lovelace" {
				t.Errorf("the other application's session is %s, want ours", app.Session)
			}

			// Back here, with the cookies that it set in place of ours, and long
			// enough after for ours to be issued anew from them.
			theirs := sessionCookies(b)
			if len(theirs) != len(ours) || maps.Equal(theirs, ours) {
				t.Fatalf("the other application left %d session cookies of our %d, want as many, and new ones", len(theirs), len(ours))
			}
			w.Wait(10 * time.Minute)
			if got := userIn(t, b.Get("/auth/session").Shows(200).Text); got["email"] != "ada@example.com" || got["plan"] != strings.Repeat("x", plan) {
				t.Errorf("GET /auth/session with the cookies of the other application = %v, want the same user", got)
			}
			if maps.Equal(sessionCookies(b), theirs) {
				t.Error("the session was not issued anew")
			}
			if got := visitOtherApp(b).Claims["theirs"]; !reflect.DeepEqual(got, map[string]any{"seen": true}) {
				t.Errorf("the claim that the other application added is %v on its way back, want it unchanged", got)
			}
			call(b, "signout", "csrfToken", csrf(b))
			if left := sessionCookies(b); len(left) != 0 {
				t.Errorf("%d session cookies are left after signing out, want none", len(left))
			}
		})
	}
}

// sessionCookies are the session cookie or its chunks, by name.
func sessionCookies(b *webtest.Browser) map[string]string {
	all := map[string]string{}
	for _, c := range b.Client.Jar.Cookies(b.Origin()) {
		if strings.HasPrefix(c.Name, b.Site.Edge.Cookie.Name) {
			all[c.Name] = c.Value
		}
	}
	return all
}
