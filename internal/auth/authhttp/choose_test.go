package authhttp_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/authjs"
)

// came is what a request's cookies came to.
type came struct {
	auth.Result
	conflict bool
	set      []*http.Cookie // by all answers
}

// sends has a browser send a Cookie header, in which N stands for the session cookie's name
// and C for its companion's, to a route of each kind, and wants the routes to agree.
func (w *world) sends(cookies string) came {
	w.Helper()
	header := w.named(cookies)
	var first came
	for _, kind := range []authhttp.Kind{authhttp.Silent, authhttp.Poll, authhttp.Page} {
		w.kind = kind
		var now came
		resp := w.serve("", func(_ http.ResponseWriter, r *http.Request) {
			now = came{Result: authhttp.FromContext(r.Context()), conflict: authhttp.Conflict(r.Context())}
		}, func(r *http.Request) { r.Header.Set("Cookie", header) })
		now.set = append(first.set, resp.Cookies()...)
		if kind != authhttp.Silent && (now.State != first.State || now.Session.ID != first.Session.ID || now.conflict != first.conflict) {
			w.Errorf("of %s a route of kind %d makes state %d of %q, want state %d of %q as the others", cookies, kind, now.State, now.Session.ID, first.State, first.Session.ID)
		}
		first = now
	}
	return first
}

var placeholder = regexp.MustCompile(`(^|; )[NC]\b`)

// named has the cookies' names in the place of N and C.
func (w *world) named(cookies string) string {
	return placeholder.ReplaceAllStringFunc(cookies, func(start string) string {
		before, name := start[:len(start)-1], w.edge.Cookie.Name
		if strings.HasSuffix(start, "C") {
			name = auth.CompanionName(name)
		}
		return before + name
	})
}

// mallory is another account on the site, which a neighbour plants in others' browsers.
func (w *world) mallory() auth.Issued {
	w.Helper()
	w.AddUser("mallory", "Mallory")
	issued, err := w.A.Begin(w.Context(), auth.Login{UserID: "mallory", Method: auth.MethodPassword})
	if err != nil {
		w.Fatal(err)
	}
	return issued
}

// foreign is the session cookie of another project with the same cookie name.
func foreign(t *testing.T, strategy string) string {
	other := authtest.NewWorldOn(t, strategy, authtest.NewStore())
	other.Cfg.Secrets = []string{"another secret of thirty-two bytes or more"}
	other.A = other.Instance()
	other.AddUser("ada", "Ada")
	return other.Login(other.A).Cookie
}

func TestOneValidSessionWinsOverJunk(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.Login(w.A)
		placements := []string{
			"N=GOOD", "N=JUNK; N=GOOD", "N=GOOD; N=JUNK", "N=JUNK; N=x; N=y; N=GOOD", "N=GOOD; N.0=JUNK", "N=GOOD; N.0=JUNK; N.1=JUNK",
			"N.0=GOOD", "N=JUNK; N.0=GOOD", "N.0=JUNK; N.0=GOOD; N.1=JUNK", "N=GOOD; N=GOOD", "N=GOOD; N.7=JUNK", "N=GOOD; N.0=GOOD",
		}
		for _, junk := range []string{"junk", foreign(t, "jwt"), foreign(t, "database"), "%", "...."} {
			for _, cookies := range placements {
				got := w.sends(strings.NewReplacer("GOOD", issued.Cookie, "JUNK", junk).Replace(cookies))
				if got.State != auth.StateOK || got.Session.ID != issued.Session.ID || got.conflict {
					t.Errorf("%s with %.8q… as junk is state %d, conflict %v, want the good session", cookies, junk, got.State, got.conflict)
				}
				if len(got.set) != 0 {
					t.Errorf("%s with %.8q… as junk sets %v, want no cookie touched", cookies, junk, got.set)
				}
			}
		}
	})
}

func TestTwoValidSessionsAreNobody(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		ada, mallory := w.Login(w.A), w.mallory()
		w.Wait(10 * time.Minute) // both are due for renewal, which neither gets
		for _, cookies := range []string{
			"N=ADA; N=MALLORY", "N=MALLORY; N=ADA", "N=ADA; N.0=MALLORY", "N=MALLORY; N.0=ADA", "N.0=ADA; N.0=MALLORY", "N=junk; N=ADA; N.0=MALLORY",
		} {
			got := w.sends(strings.NewReplacer("ADA", ada.Cookie, "MALLORY", mallory.Cookie).Replace(cookies))
			if got.State != auth.StateNone || !got.conflict {
				t.Errorf("%s is state %d of %q, conflict %v, want nobody and a conflict", cookies, got.State, got.Session.User.ID, got.conflict)
			}
			if len(got.set) != 0 {
				t.Errorf("%s sets %v, want no cookie touched while it is unclear whose it is", cookies, got.set)
			}
		}
		for _, id := range []string{"ada", "mallory"} {
			live, _, err := w.A.Sessions(t.Context(), id, auth.Page{Limit: 100})
			if err != nil || len(live) != 1 || !live[0].LastSeenAt.Equal(live[0].CreatedAt) {
				t.Errorf("after conflicts %s has the sessions %+v, %v, want one that was never renewed", id, live, err)
			}
		}
	})
}

func TestOldAndRenewedValuesOfOneSessionAreThatSession(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		old := w.Login(w.A)
		w.Wait(10 * time.Minute)
		renewed := w.setCookie(w.serve(old.Cookie, nil))
		for _, cookies := range []string{"N=" + old.Cookie + "; N=" + renewed, "N.0=" + old.Cookie + "; N=" + renewed} {
			if got := w.sends(cookies); got.State != auth.StateOK || got.Session.ID != old.Session.ID || got.conflict {
				t.Errorf("an old and a renewed value are state %d of %q, conflict %v, want the session", got.State, got.Session.ID, got.conflict)
			}
		}
	})
}

func TestBesideJunkASessionIsRenewed(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		issued := w.Login(w.A)
		w.Wait(10 * time.Minute)
		resp := w.serve("", nil, func(r *http.Request) {
			r.Header.Set("Cookie", w.named("N=junk; N="+issued.Cookie+"; N.7=stray"))
		})
		if got := w.setCookie(resp); got == "" || got == "deleted" {
			t.Errorf("a due session beside junk gets the cookie %q, want a renewed one", got)
		}
		if !slices.ContainsFunc(resp.Cookies(), func(c *http.Cookie) bool { return c.Name == w.edge.Cookie.Name+".7" && c.MaxAge < 0 }) {
			t.Error("the stray .7 that the request carries stays, want it cleared with the renewal")
		}
	})
}

func TestCandidatesAreBounded(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		other := foreign(t, "database") // costs a question each
		w.edge.Cookie.Secure = false
		cookies := make([]string, 100)
		for i := range cookies {
			cookies[i] = w.edge.Cookie.Name + "=" + other[:len(other)-8] + strings.Repeat(string(rune('A'+i%26)), 4) + string(rune('A'+i/26)) + "AAA"
		}
		asked := w.Store.Asked.Load()
		w.serve("", nil, func(r *http.Request) { r.Header.Set("Cookie", strings.Join(cookies, "; ")) })
		if got := w.Store.Asked.Load() - asked; got > authjs.MaxCandidates {
			t.Errorf("100 cookies of one name cost %d questions to the store, want at most %d", got, authjs.MaxCandidates)
		}
	})
}

func TestTheCompanionSaysWhichSessionIsThisBrowsers(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.edge.Cookie.Secure = true
		ada, mallory := w.Login(w.A), w.mallory()
		companion := "; C=" + w.A.Companion(ada.Session.ID)
		fill := strings.NewReplacer("ADA", ada.Cookie, "MALLORY", mallory.Cookie)
		for _, cookies := range []string{"N=ADA; N=MALLORY", "N=MALLORY; N=ADA", "N=ADA; N.0=MALLORY", "N.0=MALLORY; N.0=ADA"} {
			if got := w.sends(fill.Replace(cookies) + companion); got.State != auth.StateOK || got.Session.ID != ada.Session.ID || got.conflict {
				t.Errorf("%s with Ada's companion is state %d of %q, conflict %v, want Ada", cookies, got.State, got.Session.User.ID, got.conflict)
			}
		}
		if got := w.sends(fill.Replace("N=ADA; N=MALLORY; C=of-neither")); !got.conflict {
			t.Errorf("two valid sessions with a companion of neither are state %d of %q, want a conflict", got.State, got.Session.User.ID)
		}
		// From before there was a companion, or set by an application that shares the cookie.
		if got := w.sends(fill.Replace("N=ADA; C=of-neither")); got.State != auth.StateOK {
			t.Errorf("one valid session with a companion of another is state %d, want OK", got.State)
		}
		w.A.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonEverywhere)
		if got := w.sends(fill.Replace("N=ADA; N=MALLORY") + companion); got.State != auth.StateEnded || got.Reason != auth.ReasonEverywhere {
			t.Errorf("Ada's ended session with their companion beside Mallory's is state %d %q of %q, want ended", got.State, got.Reason, got.Session.User.ID)
		}
	})
}

// A port without https can plant a cookie with the companion's name on a browser that minds
// no prefixes, so without https the name counts for nothing.
func TestWithoutHTTPSThereIsNoCompanion(t *testing.T) {
	cached(t, func(t *testing.T, w *world) {
		ada, mallory := w.Login(w.A), w.mallory()
		got := w.sends("N=" + ada.Cookie + "; N=" + mallory.Cookie + "; C=" + w.A.Companion(mallory.Session.ID))
		if !got.conflict {
			t.Errorf("two valid sessions and a companion without https are state %d of %q, want a conflict", got.State, got.Session.User.ID)
		}
		w.Wait(10 * time.Minute)
		if got := w.sends("N=" + ada.Cookie).set; len(got) != 1 || got[0].Name != w.edge.Cookie.Name {
			t.Errorf("a renewal without https sets %v, want the session cookie alone", got)
		}
	})
}

func TestTheCompanionIsWrittenAndClearedWithTheSessionCookie(t *testing.T) {
	cached(t, func(t *testing.T, w *world) {
		w.edge.Cookie.Secure = true
		issued := w.Login(w.A)
		w.Wait(10 * time.Minute)
		set := w.sends("N=" + issued.Cookie).set
		at := slices.IndexFunc(set, func(c *http.Cookie) bool { return c.Name == "__Host-latchkey."+w.edge.Cookie.Name })
		if len(set) != 2 || at < 0 {
			t.Fatalf("a renewal sets %v, want the session cookie and its companion", set)
		}
		companion, session := set[at], set[1-at]
		if !w.A.IsCompanion(companion.Value, issued.Session.ID) {
			t.Error("the companion is not that of the session")
		}
		if !companion.Secure || !companion.HttpOnly || companion.SameSite != http.SameSiteLaxMode || companion.Path != "/" || companion.Domain != "" || !companion.Expires.Equal(session.Expires) {
			t.Errorf("the companion is %v, want Secure, HttpOnly, SameSite=Lax, Path=/, no Domain and the session's expiry", companion)
		}
		resp := w.serve(session.Value, func(_ http.ResponseWriter, r *http.Request) { authhttp.ClearCookie(r.Context()) },
			func(r *http.Request) { r.AddCookie(companion) })
		if got := resp.Cookies(); len(got) != 2 || got[0].MaxAge >= 0 || got[1].MaxAge >= 0 {
			t.Errorf("signing out sets %v, want both cookies deleted", got)
		}
	})
}

// During an outage a second value could be a second valid session.
func TestAnOutageLeavesItOpenWhoseCookieItIs(t *testing.T) {
	w := newWorld(t, "jwt")
	issued := w.Login(w.A)
	w.Store.Down.Store(true)
	unknown := foreign(t, "database")
	if got := w.sends("N=" + issued.Cookie + "; N=" + unknown); got.State != auth.StateUnavailable {
		t.Errorf("a good token beside one that cannot be checked is state %d, want Unavailable", got.State)
	}
	w.edge.Cookie.Secure = true
	if got := w.sends("N=" + issued.Cookie + "; N=" + unknown + "; C=" + w.A.Companion(issued.Session.ID)); got.State != auth.StateOK {
		t.Errorf("a good token with its companion is state %d, want OK", got.State)
	}
}
