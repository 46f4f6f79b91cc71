package authhttp_test

import (
	"net/http"
	"net/url"
	"testing"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
)

// visit asks for a path with the cookies that the browser has for it, and takes the answer.
func (w *world) visit(j jar, path string, kind authhttp.Kind, handler http.HandlerFunc) (got came) {
	j.at = &url.URL{Scheme: "https", Host: "app.example", Path: path}
	w.asks(j, kind, func(out http.ResponseWriter, r *http.Request) {
		got = came{Result: authhttp.FromContext(r.Context()), conflict: authhttp.Conflict(r.Context())}
		if handler != nil {
			handler(out, r)
		}
	})()
	return got
}

// An application that was on this host before has left a cookie on a narrower path.
func TestAStaleCookieOnANarrowerPathSignsNobodyOut(t *testing.T) {
	for _, secure := range []bool{false, true} {
		both(t, func(t *testing.T, w *world) {
			w.edge.Cookie.Secure = secure
			for _, narrow := range []string{"/auth", "/account", "/dashboard"} {
				for _, name := range []string{"", ".0", ".1"} {
					for _, value := range []string{"junk", foreign(t, w.Cfg.Strategy)} {
						browser := newJar(t)
						browser.SetCookies(browser.at, []*http.Cookie{{Name: w.edge.Cookie.Name + name, Value: value, Path: narrow}})
						w.visit(browser, "/signin", authhttp.Page, w.signIn)
						for range 2 {
							for path, kind := range map[string]authhttp.Kind{"/auth/session": authhttp.Poll, "/account/sessions": authhttp.Page, "/dashboard": authhttp.Page, "/": authhttp.Page} {
								if got := w.visit(browser, path, kind, nil); got.State != auth.StateOK || got.conflict {
									t.Errorf("with %q%s left on %s, %s is state %d, conflict %v, want signed in", value[:4], name, narrow, path, got.State, got.conflict)
								}
							}
						}
					}
				}
			}
		})
	}
}

// A neighbour has signed in with its own account and planted the session where this
// browser's user goes.
func TestAPlantedSessionOnANarrowerPathIsNotBelieved(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		mallory := w.mallory()
		for _, secure := range []bool{false, true} {
			w.edge.Cookie.Secure = secure
			browser := newJar(t)
			w.visit(browser, "/signin", authhttp.Page, w.signIn)
			browser.SetCookies(browser.at, []*http.Cookie{{Name: w.edge.Cookie.Name, Value: mallory.Cookie, Path: "/account"}})
			got := w.visit(browser, "/account/sessions", authhttp.Page, nil)
			if secure && (got.State != auth.StateOK || got.Session.User.ID != "ada") {
				t.Errorf("on https the planted session makes state %d of %q, want Ada", got.State, got.Session.User.ID)
			}
			if !secure && (got.State != auth.StateNone || !got.conflict) {
				t.Errorf("without https the planted session makes state %d of %q, want nobody and a conflict", got.State, got.Session.User.ID)
			}
			if got := w.visit(browser, "/dashboard", authhttp.Page, nil); got.State != auth.StateOK || got.Session.User.ID != "ada" {
				t.Errorf("elsewhere the user is in state %d, want signed in as before", got.State)
			}
		}
	})
}
