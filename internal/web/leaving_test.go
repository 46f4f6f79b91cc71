package web_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/web/webtest"
)

// sendAndLeave sends a form and closes the connection at once, as a browser does
// whose tab is closed.
func sendAndLeave(b *webtest.Browser, path string, form url.Values) {
	b.T.Helper()
	conn, err := tls.Dial("tcp", b.Origin().Host, &tls.Config{InsecureSkipVerify: true}) // a test's own certificate
	if err != nil {
		b.T.Fatal(err)
	}
	var cookies []string
	for _, c := range b.Client.Jar.Cookies(b.Origin()) {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	body := form.Encode()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nCookie: %s\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		path, b.Origin().Host, b.Site.URL, strings.Join(cookies, "; "), len(body), body)
	conn.Close()
}

// What a user has done is done even if they leave: on SQLite, and where every
// question takes a while and heeds its context.
func TestWhatAUserDidIsDoneEvenIfTheyLeave(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{"jwt", "database"} {
		for name, open := range map[string]func(t testing.TB) webtest.Database{
			"sqlite": webtest.OpenSQLite,
			"slow": func(testing.TB) webtest.Database {
				db := webtest.Hold(webtest.NewMemory())
				db.Wait(func(ctx context.Context) error {
					select {
					case <-time.After(20 * time.Millisecond):
						return nil
					case <-ctx.Done():
						return fmt.Errorf("%w: %w", auth.ErrUnavailable, ctx.Err())
					}
				})
				return db
			},
		} {
			t.Run(name+"/"+strategy, func(t *testing.T) {
				t.Parallel()
				w := webtest.New(t, open(t), strategy)
				for what, act := range leavings {
					for i := range 25 {
						email := fmt.Sprintf("%s.%d@example.com", what, i)
						b := w.SignUp(email)
						path, form, wanted := act(b, sessions(t, w, email)[0].ID)
						sendAndLeave(b, path, form)
						if !webtest.Eventually(func() bool { return wanted(t, w, email) }) {
							t.Fatalf("%s was not done for user %d of 25, who left; want it done for all", what, i)
						}
					}
				}
			})
		}
	}
}

type isDone func(t *testing.T, w *webtest.Site, email string) bool

// leavings are what users do last, and how one knows.
var leavings = map[string]func(b *webtest.Browser, id string) (path string, form url.Values, done isDone){
	"sign-out": func(*webtest.Browser, string) (string, url.Values, isDone) { return "/signout", nil, isOut },
	"everywhere": func(*webtest.Browser, string) (string, url.Values, isDone) {
		return "/account/sessions/end-all", nil, isOut
	},
	"device": func(_ *webtest.Browser, id string) (string, url.Values, isDone) {
		return "/account/sessions/" + id + "/end", url.Values{"show": {"20"}}, isOut
	},
	"profile": func(*webtest.Browser, string) (string, url.Values, isDone) {
		return "/account", url.Values{"name": {"Changed"}}, func(t *testing.T, w *webtest.Site, email string) bool {
			user, _, err := w.Database.UserByEmail(t.Context(), email)
			return err == nil && user.Name == "Changed"
		}
	},
}

func isOut(t *testing.T, w *webtest.Site, email string) bool { return len(sessions(t, w, email)) == 0 }
