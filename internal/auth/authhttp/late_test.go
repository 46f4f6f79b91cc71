package authhttp_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/auth/authtest"
)

// jar is the cookies of one browser.
type jar struct {
	*cookiejar.Jar
	at *url.URL
}

func newJar(t *testing.T) jar {
	j, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return jar{j, &url.URL{Scheme: "https", Host: "app.example", Path: "/"}}
}

// asks sends a request with the browser's cookies. The answer is on its way until take.
func (w *world) asks(j jar, kind authhttp.Kind, handler http.HandlerFunc) (take func()) {
	w.kind = kind
	resp := w.serve("", handler, func(r *http.Request) {
		for _, c := range j.Cookies(j.at) {
			r.AddCookie(c)
		}
	})
	return func() {
		cookies := resp.Cookies()
		for _, c := range cookies {
			c.Expires = time.Time{} // the jar does not live by the world's clock
		}
		j.SetCookies(j.at, cookies)
	}
}

// signIn is what a sign-in page does.
func (w *world) signIn(out http.ResponseWriter, r *http.Request) {
	w.Wait(time.Millisecond)
	issued, err := w.A.Begin(r.Context(), auth.Login{UserID: "ada", Method: auth.MethodPassword, Current: authhttp.FromContext(r.Context()).Session})
	if err == nil {
		err = authhttp.SetCookie(r.Context(), issued)
	}
	if err != nil {
		w.Errorf("sign in = %v", err)
	}
}

// signOut is what a sign-out page does.
func (w *world) signOut(out http.ResponseWriter, r *http.Request) {
	s := authhttp.FromContext(r.Context()).Session
	_, err := w.A.End(r.Context(), auth.Selector{UserID: s.User.ID, SessionID: s.ID}, auth.ReasonSignedOut)
	if err != nil || authhttp.ClearCookie(r.Context()) != nil {
		w.Errorf("sign out = %v", err)
	}
}

// state is what the browser's next page sees.
func (w *world) state(j jar) (state auth.State) {
	w.asks(j, authhttp.Page, func(_ http.ResponseWriter, r *http.Request) { state = authhttp.FromContext(r.Context()).State })
	return state
}

// deaths are the ways in which a session of Ada ends while the browser keeps its cookie.
func deaths(w *world) map[string]func() {
	return map[string]func(){
		"has ended": func() { w.A.End(w.Context(), auth.Selector{UserID: "ada"}, auth.ReasonEverywhere) },
		"has ended at another instance": func() {
			w.Instance().End(w.Context(), auth.Selector{UserID: "ada"}, auth.ReasonEverywhere)
		},
		"is gone from the table": func() {
			w.A.End(w.Context(), auth.Selector{UserID: "ada"}, auth.ReasonEverywhere)
			w.Wait(auth.TombstoneLife + time.Hour)
			if _, err := w.Store.Collect(w.Context(), w.Now()); err != nil {
				w.Fatal(err)
			}
			w.A = w.Instance() // one that remembers nothing
			w.edge.Sessions = w.A
		},
		"was replaced": func() {
			if _, err := w.A.Begin(w.Context(), auth.Login{UserID: "ada", Current: auth.Session{ID: w.live()[0].ID}}); err != nil {
				w.Fatal(err)
			}
		},
	}
}

func (w *world) live() []auth.Session {
	live, _, err := w.A.Sessions(w.Context(), "ada", auth.Page{Limit: 100})
	if err != nil {
		w.Fatal(err)
	}
	return live
}

// SE-7, and the other order: the late answer first.
func TestALateAnswerTouchesNoNewerCookie(t *testing.T) {
	for _, secure := range []bool{false, true} {
		both(t, func(t *testing.T, w *world) {
			w.edge.Cookie.Secure = secure
			pages := map[string]func() (authhttp.Kind, http.HandlerFunc){
				"a page":               func() (authhttp.Kind, http.HandlerFunc) { return authhttp.Page, nil },
				"a poll":               func() (authhttp.Kind, http.HandlerFunc) { return authhttp.Poll, nil },
				"the stream of events": func() (authhttp.Kind, http.HandlerFunc) { return authhttp.Silent, nil },
				"the sign-in page": func() (authhttp.Kind, http.HandlerFunc) {
					return authhttp.Page, func(_ http.ResponseWriter, r *http.Request) { authhttp.TellOnce(r.Context()) }
				},
				"a page that asks the database": func() (authhttp.Kind, http.HandlerFunc) {
					return authhttp.Page, w.edge.AskDatabase(http.NotFoundHandler()).ServeHTTP
				},
			}
			for death, die := range deaths(w) {
				for name, page := range pages {
					for _, late := range []bool{true, false} {
						browser := newJar(t)
						w.asks(browser, authhttp.Page, w.signIn)()
						die()
						kind, handler := page()
						take := w.asks(browser, kind, handler)
						if late {
							w.asks(browser, authhttp.Page, w.signIn)()
							take()
						} else {
							take()
							w.asks(browser, authhttp.Page, w.signIn)()
						}
						if got := w.state(browser); got != auth.StateOK {
							t.Errorf("the session %s; %s is answered, late = %v; after the sign-in the browser is in state %d, want OK", death, name, late, got)
						}
					}
				}
			}
		})
	}
}

func TestASignOutThatASignInHasOvertakenDeletesNothing(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.edge.Cookie.Secure = true
		browser := newJar(t)
		w.asks(browser, authhttp.Page, w.signIn)()
		take := w.asks(browser, authhttp.Page, func(out http.ResponseWriter, r *http.Request) {
			w.asks(browser, authhttp.Page, w.signIn)() // in another tab, and faster
			w.signOut(out, r)
		})
		take()
		if got := w.state(browser); got != auth.StateOK {
			t.Errorf("after the answer to the overtaken sign-out the browser is in state %d, want OK", got)
		}
		w.asks(browser, authhttp.Page, w.signOut)()
		if got := browser.Cookies(browser.at); len(got) != 0 {
			t.Errorf("after a sign-out the browser has %v, want no cookie", got)
		}
	})
}

// Two projects on two ports of localhost share a jar (next-auth #4119).
func TestACookieThatDoesNotOpenIsLeftAlone(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for _, value := range []string{"junk", foreign(t, "jwt"), foreign(t, "database"), "...."} {
			for _, cookies := range []string{"N=X", "N.0=X", "N.1=X", "N=X; N.0=X", "N=X; N=Y"} {
				got := w.sends(strings.NewReplacer("X", value, "Y", value+"Y").Replace(cookies))
				if got.State != auth.StateNone || len(got.set) != 0 {
					t.Errorf("%s with %.8q… is state %d and sets %v, want None and no cookie touched", cookies, value, got.State, got.set)
				}
			}
		}
	})
}

func TestSigningOutClearsWhatTheRequestCarries(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.Login(w.A)
		resp := w.serve(issued.Cookie, w.signOut, func(r *http.Request) {
			for _, n := range []string{".2", ".7", ".07", "X"} {
				r.AddCookie(&http.Cookie{Name: w.edge.Cookie.Name + n, Value: "stray"})
			}
		})
		var names []string
		for _, c := range resp.Cookies() {
			if c.MaxAge >= 0 {
				t.Errorf("signing out sets %v", c)
			}
			names = append(names, strings.TrimPrefix(c.Name, w.edge.Cookie.Name))
		}
		if got := strings.Join(names, " "); got != " .2 .7" {
			t.Errorf("signing out deletes the names %q, want the plain one, .2 and .7", names)
		}
	})
}

func TestAUserIsToldOnceOfAnEnding(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		browser := newJar(t)
		tell := func() (told bool) {
			w.asks(browser, authhttp.Page, func(_ http.ResponseWriter, r *http.Request) { told = authhttp.TellOnce(r.Context()) })()
			return told
		}
		for round := range 2 {
			w.asks(browser, authhttp.Page, w.signIn)()
			if tell() {
				t.Error("TellOnce = true for a live session")
			}
			w.A.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonEverywhere)
			if got := []bool{tell(), tell(), tell()}; !got[0] || got[1] || got[2] {
				t.Errorf("TellOnce of ending %d = %v, want true once", round+1, got)
			}
		}
	})
}

// A page that believes the token would send its user to one that asks the database, and
// that one back.
func TestATokenWhoseRowIsGoneIsNotBelievedAgain(t *testing.T) {
	w := newWorld(t, "jwt")
	issued := w.Login(w.A)
	if _, err := w.Store.Collect(t.Context(), w.Now().Add(1000*time.Hour)); err != nil {
		t.Fatal(err)
	}
	w.Want(w.A, issued.Cookie, authtest.Look, auth.StateOK, "")
	w.Want(w.A, issued.Cookie, auth.Mode{AskDatabase: true}, auth.StateNone, "")
	w.Want(w.A, issued.Cookie, authtest.Look, auth.StateNone, "")
	w.Want(w.A, issued.Cookie, authtest.Visit, auth.StateNone, "")
}
