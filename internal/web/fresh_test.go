package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/postgres"
	"latchkey/internal/sqlite"
	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// forGuests are the unsafe routes that need no session: they let somebody in or
// out, or change nothing but this browser. Any other asks the database.
var forGuests = []string{"/signin", "/signin/continue", "/signup", "/signout", "/account/appearance", "/account/email/undo",
	"/auth/signin", "/auth/signin/{provider}", "/auth/callback/{provider}", "/auth/signout"}

// behindItsBack are changes of which the instance hears nothing.
var behindItsBack = map[string]func(t *testing.T, db webtest.Database, session auth.Session){
	"ended": func(t *testing.T, db webtest.Database, session auth.Session) {
		sel := auth.Selector{UserID: session.User.ID, SessionID: session.ID}
		if _, err := db.End(t.Context(), sel, auth.ReasonDevice, session.LastSeenAt); err != nil {
			t.Fatal(err)
		}
	},
	"disabled": func(t *testing.T, db webtest.Database, session auth.Session) {
		if _, err := db.DisableUser(t.Context(), session.User.ID, auth.ReasonAdmin, session.LastSeenAt); err != nil {
			t.Fatal(err)
		}
	},
	"deleted": func(t *testing.T, db webtest.Database, session auth.Session) {
		var err error
		switch db := db.(type) {
		case *sqlite.Store:
			_, err = db.Writer().ExecContext(t.Context(), "DELETE FROM users WHERE id = ?", session.User.ID)
		case *postgres.Store:
			_, err = db.Pool().Exec(t.Context(), "DELETE FROM users WHERE id = $1", session.User.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
	},
}

// renaming is a change that a project adds to a block of pages, which do not ask the
// database themselves.
var renaming = kit.Part{Build: func(k *kit.Kit) kit.Built {
	return kit.Built{Routes: map[kit.Block]func(chi.Router){kit.BlockUsers: func(r chi.Router) {
		r.Post("/own/name", k.Handle(func(w http.ResponseWriter, r *http.Request) error {
			user, name := authhttp.FromContext(r.Context()).Session.User, r.PostFormValue("name")
			if err := k.Accounts.EditUser(r.Context(), user.ID, accounts.Edit{Name: &name}); err != nil {
				return err
			}
			return kit.SeeOther(w, r, "/dashboard")
		}))
	}}}
}}

// Nobody changes anything with a session that the database knows to be over, on any
// route: one that is added later included.
func TestEveryChangeAsksTheDatabase(t *testing.T) {
	t.Parallel()
	webtest.Everywhere(t, func(t *testing.T, plain *webtest.Site) {
		db := webtest.Hold(plain.Database)
		w := webtest.New(t, db, plain.Auth.Strategy)
		w.Auth.Limit = 0
		w.EveryPart()
		w.Add(renaming)
		for name, change := range behindItsBack {
			tried := 0
			for i, r := range allRoutes(t, w.Handler()) {
				if r.method == "GET" || r.method == "HEAD" || r.method == "OPTIONS" || strings.HasPrefix(r.route, "/static") || slices.Contains(forGuests, r.route) {
					continue
				}
				tried++
				email := name + "." + string(rune('a'+i%26)) + string(rune('a'+i/26)) + webtest.Email(t)
				b := w.SignUp(email)
				w.Browser().Post("/signin", "email", email, "password", webtest.Password).RedirectsTo("/dashboard")
				var token string
				if r.route == "/auth/session" {
					token = csrfToken(b)
				}
				b.Get("/dashboard").Shows(200) // validated a moment ago
				all := sessions(t, w, email)
				this := all[slices.IndexFunc(all, func(s auth.Session) bool { return s.Method == auth.MethodSignUp })]
				other := all[slices.IndexFunc(all, func(s auth.Session) bool { return s.ID != this.ID })]
				change(t, plain.Database, this)

				var got *webtest.Answer
				path := strings.ReplaceAll(r.path(), "/x/", "/"+other.ID+"/")
				if r.route == "/auth/session" {
					body, _ := json.Marshal(map[string]any{"csrfToken": token, "data": map[string]string{"name": "Changed"}})
					got = b.Do(r.method, path, "application/json", string(body))
				} else {
					got = b.Do(r.method, path, "application/x-www-form-urlencoded", "name=Changed")
				}
				if acted := got.StatusCode < 300 && got.Text != "null"; acted || got.StatusCode >= 500 ||
					got.StatusCode == 303 && !strings.HasPrefix(got.Header.Get("Location"), "/signin") {
					t.Errorf("%s %s of a session whose user or row is %s = %d to %q, want it refused: %.200s", r.method, r.route, name, got.StatusCode, got.Header.Get("Location"), got.Text)
				}
				if name == "deleted" {
					continue
				}
				user, _, err := w.Database.UserByEmail(t.Context(), email)
				if err != nil || user.Name == "Changed" || len(user.Profile.Roles) > 0 {
					t.Errorf("%s %s of a session that is %s has changed the user to %q, %d roles, %v", r.method, r.route, name, user.Name, len(user.Profile.Roles), err)
				}
				if left := sessions(t, w, email); name == "ended" && len(left) != 1 {
					t.Errorf("%s %s of an ended session leaves %d others, want 1", r.method, r.route, len(left))
				}
			}
			if tried < 9 {
				t.Fatalf("only %d routes were tried, want all that change something", tried)
			}
		}
	})
}

// csrfToken is what the endpoints of Auth.js want beside a cookie.
func csrfToken(b *webtest.Browser) string {
	var answer struct{ CSRFToken string }
	json.Unmarshal([]byte(b.Get("/auth/csrf").Shows(200).Text), &answer)
	return answer.CSRFToken
}

func TestTheWritesOfOneUserAreLimited(t *testing.T) {
	w := webtest.OnMemory(t)
	ada, bob := w.SignUp("ada@example.com"), w.SignUp("bob@example.com")
	refused := 0
	for range 70 {
		got := ada.Post("/account", "name", "Ada")
		if got.StatusCode == 429 {
			refused++
			if got.Header.Get("Retry-After") == "" {
				t.Error("a refused write does not say when to come back")
			}
		}
	}
	if refused < 5 || refused > 11 {
		t.Errorf("%d of 70 writes in a row are refused, want about 10", refused)
	}
	ada.Get("/account").Shows(200)
	bob.Post("/account", "name", "Bob").Shows(303)
	w.Wait(2 * 60 * 1e9)
	ada.Post("/account", "name", "Ada").Shows(303)
}
