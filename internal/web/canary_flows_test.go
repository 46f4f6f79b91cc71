package web_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/testenv"
	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// LO-1, LO-2: all flows, and every route with secrets in every place, leave none of them in the
// log, not even at its most talkative, with the database there or away. Each security event is
// one line that says who, whence and by which request.
func TestNoSecretIsInTheLog(t *testing.T) {
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) {
			t.Parallel()
			db := webtest.Hold(webtest.NewMemory())
			w := webtest.New(t, db, strategy)
			w.Auth.Log = slog.New(kit.LogHandler(slog.NewJSONHandler(w.Log, &slog.HandlerOptions{Level: slog.LevelDebug})))
			w.Edge.Log, w.Web.Log = w.Auth.Log, w.Auth.Log
			w.EveryPart()
			w.Web.Development = true
			w.Web.MaxTime = 2 * time.Second
			w.Add(mishaps)
			c := &canaries{all: map[string]string{}}
			c.add(w.Auth.Secrets[0], "AUTH_SECRET")
			flows := canaryFlows{w, c}
			flows.run(t)
			users := flows.users(t)
			flows.everyRoute(t, "up", users)
			w.Wait(6 * time.Minute) // so that sessions have to be asked for
			db.Wait(hang)
			flows.everyRoute(t, "away", users)
			db.Wait(nil)
			if !w.Has("/auth/csrf") {
				c.add("nobody makes a CSRF token", "a CSRF token")
			}
			c.notIn(t, w.Log.String())
			recorded(t, w.Log.String())
		})
	}
}

// mishaps are pages on which things go wrong, or are done, for which the site has no page.
var mishaps = kit.Part{Build: func(k *kit.Kit) kit.Built {
	return kit.Built{Routes: map[kit.Block]func(chi.Router){kit.BlockUsers: func(r chi.Router) {
		r.Post("/mishaps/bug", func(http.ResponseWriter, *http.Request) { panic("a bug") })
		r.Post("/mishaps/promote/{id}", k.Handle(func(w http.ResponseWriter, r *http.Request) error {
			err := k.Accounts.UpdateUser(r.Context(), chi.URLParam(r, "id"), func(u *accounts.Editable) error {
				u.Profile.Roles = append(u.Profile.Roles, "admin")
				return nil
			})
			if err != nil {
				return err
			}
			return kit.SeeOther(w, r, "/dashboard")
		}))
	}}}
}}

// documented are the security events, and the words beside each in the table of the docs;
// nil in a project without docs.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	text, ok := testenv.Document(t, "operations.md")
	if !ok {
		return nil
	}
	word := regexp.MustCompile("`(\\w+)[`=]")
	events := map[string][]string{}
	table := regexp.MustCompile(`(?s)## Security events.*?\n## `).FindString(text)
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|[^|]*\\|([^|]*)\\|$").FindAllStringSubmatch(table, -1) {
		var fields []string
		for _, m := range word.FindAllStringSubmatch(row[2], -1) {
			fields = append(fields, m[1])
		}
		for _, m := range word.FindAllStringSubmatch(row[1], -1) {
			events[m[1]] = fields
		}
	}
	return events
}

// recorded checks the lines of security events: there is one of each event but those of the
// program itself, and each line has what the docs say and nothing else.
func recorded(t *testing.T, log string) {
	t.Helper()
	events, seen := documented(t), map[string]bool{}
	if events == nil {
		return
	}
	if len(events) < 15 {
		t.Fatalf("the docs have %d events", len(events))
	}
	common := []string{"time", "level", "msg", "event", "user", "session", "request_id", "ip"}
	for line := range strings.Lines(log) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("a line is not one JSON object: %q", line)
		}
		event, ok := entry["event"].(string)
		if !ok {
			continue
		}
		seen[event] = true
		at, _ := entry["time"].(string)
		session, inSession := entry["session"].(string)
		id, _ := entry["request_id"].(string)
		_, hasUser := entry["user"].(string)
		if entry["msg"] != "security" || entry["ip"] != "127.0.0.1" || len(id) != 12 || !hasUser || !strings.HasSuffix(at, "Z") || inSession && !hashed.MatchString(session) {
			t.Errorf("the event %s is not a line in UTC with user, hashed session, address and request: %s", event, line)
		}
		for field := range entry {
			if !slices.Contains(common, field) && !slices.Contains(events[event], field) {
				t.Errorf("the docs do not say that %s has the field %s: %s", event, field, line)
			}
		}
	}
	for event := range events {
		if !seen[event] && event != auth.EventStartup && event != auth.EventShutdown {
			t.Errorf("no flow has led to the event %s", event)
		}
	}
}

var hashed = regexp.MustCompile(`^[0-9a-f]{12}$`)

type canaryFlows struct {
	*webtest.Site
	*canaries
}

func (f canaryFlows) browser() *webtest.Browser {
	b := f.Browser()
	b.Client.Transport = watchingTransport{b.Client.Transport, f.canaries}
	return b
}

// password is a good one, of which note is taken.
func (f canaryFlows) password(word string) string {
	password := word + "-canary-glacier-umbrella-58"
	f.add(password, "a password")
	return password
}

// link is where the last mail with a subject leads.
func (f canaryFlows) link(email, subject string) string {
	l := f.Letter(email, subject)
	f.add(l.Token(f.Site), "a token in a mail")
	return l.Path(f.Site)
}

// run goes the ways of users, those that fail included.
func (f canaryFlows) run(t *testing.T) {
	const ada = "ada@example.com"
	first, second, third := f.password("first"), f.password("second"), f.password("third")
	b := f.browser()
	b.Post("/signup", "name", "Ada", "email", ada, "password", first).Shows(303)
	b.Get(f.link(ada, "Confirm your email address"))
	b.Post("/verify").Shows(303)
	b.Get("/verify?token=" + f.password("made-up"))
	b.Get("/verify%3Ftoken=" + f.password("broken-link")).Shows(404)
	b.Post("/verify").Shows(410)

	phone := f.browser()
	phone.Post("/signin", "email", ada, "password", f.password("wrong")).Shows(422)
	phone.Post("/signin", "email", "nobody@example.com", "password", first).Shows(422)
	phone.Post("/signin", "email", ada, "password", first).Shows(303)
	phone.Get(f.link(ada, newFirefox)).RedirectsTo("/signin/notice").Shows(200)
	phone.Post("/signout").Shows(303)
	if f.Has("/signin/link") {
		phone.Post("/signin/link", "email", ada).Shows(303)
		phone.Get(f.link(ada, "Your link to sign in"))
		phone.Post("/signin/link/open").Shows(303)
	} else {
		phone.Post("/signin", "email", ada, "password", first).Shows(303)
	}
	if f.Has("/auth/csrf") {
		f.authJS(ada, first)
	}

	b.Post("/account/password", "current", f.password("not-it"), "password", second).Shows(422)
	b.Post("/account/password", "current", first, "password", second).Shows(303)
	phone.Get("/dashboard").Shows(303) // with a dead cookie
	b.Post("/reauth", "password", second).Shows(303)
	b.Post("/account/email", "email", "new@example.com", "password", second).Shows(303)
	b.Get(f.link("new@example.com", confirmNew))
	b.Post("/verify").Shows(303)
	b.Get("/account/export").Shows(200)
	f.browser().Get(f.link(ada, emailChanged)).Shows(303)
	if f.Has("/notes") {
		b.Post("/notes", "title", "Milk", "body", f.password("note"))
	}
	f.add("Ada whose name nobody else reads", "a name")
	b.Post("/account", "name", "Ada whose name nobody else reads", "image", "https://images.example/"+f.password("image")).Shows(303)
	b.Post("/account", "name", "a\x00b").Shows(422)
	b.Header.Set("Origin", "https://evil.example")
	b.Header.Set("Sec-Fetch-Site", "cross-site")
	b.Post("/account", "name", first).Shows(403)
	b.Header.Del("Origin")
	b.Header.Del("Sec-Fetch-Site")

	b.Post("/forgot", "email", "new@example.com").Shows(303)
	b.Get(f.link("new@example.com", "Choose a new password"))
	b.Post("/reset", "password", third).Shows(303)
	last := f.browser()
	last.Post("/signin", "email", "new@example.com", "password", third).Shows(303)
	last.Post("/account/sessions/end-others").Shows(303)
	for range 25 { // until the budget is used up
		f.browser().Post("/signin", "email", "new@example.com", "password", f.password("guess"))
	}
	me, _, err := f.Database.UserByEmail(t.Context(), "new@example.com")
	if err != nil {
		t.Fatal(err)
	}
	last.Post("/mishaps/promote/" + me.ID).Shows(303)
	last.Post("/mishaps/bug").Shows(500)
	f.session(last)
	last.Post("/account/delete", "password", third).Shows(303)
}

// session looks at the list of sessions, and has a request about one of them refused before it
// comes to its route.
func (f canaryFlows) session(b *webtest.Browser) {
	f.browser().Post("/signin", "email", "new@example.com", "password", f.password("third")).Shows(429) // the budget is used up
	f.Wait(time.Hour)
	f.browser().Post("/signin", "email", "new@example.com", "password", f.password("third")).Shows(303)
	b.Post("/reauth", "password", f.password("third")).Shows(303)
	other := endForm.FindStringSubmatch(b.Get("/account/sessions").Shows(200).Text)
	if other == nil {
		f.T.Fatal("the list has no session to end")
	}
	b.Header.Set("Origin", "https://evil.example")
	b.Header.Set("Sec-Fetch-Site", "cross-site")
	b.Post("/account/sessions/" + other[1] + "/end").Shows(403)
	b.Header.Del("Origin")
	b.Header.Del("Sec-Fetch-Site")
	b.Do("PUT", "/account/sessions/"+other[1]+"/end", "", "").Shows(405)
	b.Post("/account/sessions/" + other[1] + "/end").Shows(303)
}

// authJS signs in as clients of Auth.js do.
func (f canaryFlows) authJS(email, password string) {
	b := f.browser()
	b.Post("/auth/signout", "csrfToken", "none") // no such token: refused
	var csrf struct{ CSRFToken string }
	json.Unmarshal([]byte(b.Get("/auth/csrf").Text), &csrf)
	b.Post("/auth/callback/credentials", "csrfToken", csrf.CSRFToken, "email", email, "password", password, "json", "true")
	b.Post("/auth/session", "csrfToken", csrf.CSRFToken, "data[name]", "Ada")
	b.Get("/auth/session").Shows(200, email)
	b.Post("/auth/signout", "csrfToken", csrf.CSRFToken)
}

// users are browsers that are signed in, one for each route: what is done on one ends no other's
// session.
func (f canaryFlows) users(t *testing.T) (users []*webtest.Browser) {
	password := f.password("user")
	for i := range allRoutes(t, f.Handler()) {
		b := f.browser()
		b.Post("/signup", "email", "user"+strconv.Itoa(i)+"@example.com", "password", password).Shows(303)
		users = append(users, b)
	}
	return users
}

// everyRoute asks each, as a guest and as a user, with a secret in each place where a careless
// line of log would find it.
func (f canaryFlows) everyRoute(t *testing.T, database string, users []*webtest.Browser) {
	secret := f.password("everywhere-" + database)
	var asking sync.WaitGroup
	for i, r := range allRoutes(t, f.Handler()) {
		if r.route == "/auth/events" {
			continue // has no time of its own
		}
		path := strings.NewReplacer("{id}", secret, "{provider}", secret, "*", "app.css").Replace(r.route)
		guest := f.browser()
		guest.Header.Set("Cookie", f.Edge.Cookie.Name+"="+secret+"; __Host-verify="+secret+"; __Host-authjs.csrf-token="+secret)
		asking.Go(func() { ask(guest, r.method, path, secret, secret) })
		asking.Go(func() { ask(users[i], r.method, path, secret, f.password("user")) })
	}
	asking.Wait()
	b := f.browser()
	b.Get("/nowhere?token=" + secret)
	b.Do("PUT", "/signin?token="+secret, "application/json", `{"password":"`+secret+`"`)
}

func ask(b *webtest.Browser, method, path, secret, password string) {
	query := url.Values{"token": {secret}, "password": {password}, "current": {password}, "callbackUrl": {"/" + secret}}
	b.Header.Set("Referer", b.Site.URL+"/reset?"+query.Encode())
	b.Header.Set("Authorization", "Bearer "+secret)
	form := url.Values{"email": {"ada@example.com"}, "proof": {secret}, "csrfToken": {secret}, "resume": {secret}, "confirmation": {secret}}
	for name, values := range query {
		form[name] = values
	}
	b.Do(method, path+"?"+query.Encode(), "application/x-www-form-urlencoded", form.Encode())
}
