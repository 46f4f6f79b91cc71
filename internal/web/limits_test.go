package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/web/webtest"
)

// knock sends a sign-in from an address, straight to an instance.
func knock(w *webtest.Site, instance http.Handler, ip, path string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", w.URL+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.RemoteAddr = "[" + ip + "]:1234"
	if !strings.Contains(ip, ":") {
		r.RemoteAddr = ip + ":1234"
	}
	answer := httptest.NewRecorder()
	instance.ServeHTTP(answer, r)
	return answer
}

// RL-1, RL-2: of a burst of wrong passwords for one account, over two instances and
// however it is spelt, ten are hashed. The right one among the rest is refused as well.
func TestABurstOfWrongPasswordsIsCountedBeforeItIsHashed(t *testing.T) {
	t.Parallel()
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		w.SignUp(ada)
		w.Wait(time.Hour)
		instances := []http.Handler{w.Instance(), w.Instance()}
		spellings := []string{ada, strings.ToUpper(ada), " " + ada + " ", strings.Replace(ada, "ada", "Ada", 1)}
		var checked, limited atomic.Int32
		var trying sync.WaitGroup
		for i := range 100 {
			trying.Go(func() {
				got := knock(w, instances[i%2], fmt.Sprintf("198.51.100.%d", i), "/signin", "email", spellings[i%4], "password", "wrong password number one")
				switch got.Code {
				case http.StatusUnprocessableEntity:
					checked.Add(1)
				case http.StatusTooManyRequests:
					limited.Add(1)
				default:
					t.Errorf("POST /signin = %d, want 422 or 429: %.200s", got.Code, got.Body)
				}
			})
		}
		trying.Wait()
		if checked.Load() != 10 || limited.Load() != 90 {
			t.Errorf("of 100 wrong passwords %d were checked and %d refused, want 10 and 90", checked.Load(), limited.Load())
		}
		got := knock(w, instances[0], "198.51.100.250", "/signin", "email", ada, "password", webtest.Password)
		wait, _ := strconv.Atoi(got.Header().Get("Retry-After"))
		if got.Code != http.StatusTooManyRequests || wait < 1 || wait > 90 || !strings.Contains(got.Body.String(), "Too many attempts") {
			t.Errorf("the right password of a stranger = %d, Retry-After %d, want 429 that says when", got.Code, wait)
		}
		if got := knock(w, w.Instance(), "198.51.100.251", "/signin", "email", ada, "password", webtest.Password); got.Code != http.StatusTooManyRequests {
			t.Errorf("a new instance answers %d, want the count to survive a restart", got.Code)
		}
		w.Wait(time.Duration(wait) * time.Second)
		if got := knock(w, instances[1], "198.51.100.252", "/signin", "email", ada, "password", webtest.Password); got.Code != http.StatusSeeOther {
			t.Errorf("after the wait the right password = %d, want 303", got.Code)
		}
		// Unknown accounts look the same.
		for i := range 11 {
			got := knock(w, instances[0], fmt.Sprintf("203.0.113.%d", i), "/signin", "email", "nobody-"+ada, "password", "wrong password number one")
			if want := map[bool]int{true: 422, false: 429}[i < 10]; got.Code != want {
				t.Errorf("try %d of an unknown account = %d, want %d", i+1, got.Code, want)
			}
		}
	})
}

// RL-5: the owner's browser and the owner's address have budgets of their own.
func TestTheOwnerComesInWhileStrangersTry(t *testing.T) {
	t.Parallel()
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b := w.SignUp(ada)
		for i := range 12 {
			knock(w, w.Handler(), fmt.Sprintf("198.51.100.%d", i), "/signin", "email", ada, "password", "wrong password number one")
		}
		b.Post("/signout").Shows(303)
		b.Post("/signin", "email", ada, "password", webtest.Password).RedirectsTo("/dashboard").Shows(200)
		w.Browser().Post("/signin", "email", ada, "password", webtest.Password).Shows(303) // from that address

		// The cookie is of use for this account and this site alone, and says nothing.
		var device *http.Cookie
		for _, c := range b.Client.Jar.Cookies(b.Origin()) {
			if strings.HasSuffix(c.Name, "device") {
				device = c
			}
		}
		if device == nil || strings.Contains(device.Value, "ada") {
			t.Fatalf("the browser is known by the cookie %v, want a sealed one", device)
		}
		try := func(cookie *http.Cookie, email string) int {
			form := url.Values{"email": {email}, "password": {webtest.Password}}
			r := httptest.NewRequest("POST", w.URL+"/signin", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			r.RemoteAddr = "192.0.2.77:1"
			r.AddCookie(cookie)
			answer := httptest.NewRecorder()
			w.Handler().ServeHTTP(answer, r)
			return answer.Code
		}
		if got := try(device, ada); got != http.StatusSeeOther {
			t.Errorf("the known browser elsewhere = %d, want 303", got)
		}
		forged := *device
		forged.Value = device.Value[:len(device.Value)-2] + "xx"
		if got := try(&forged, ada); got != http.StatusTooManyRequests && got != http.StatusSeeOther {
			t.Errorf("a forged cookie = %d", got)
		}
	})
}

// All doors have one budget: the page, the endpoint of Auth.js, and what asks a user who
// is signed in for their password.
func TestAllDoorsHaveOneBudget(t *testing.T) {
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	doors := []func() *webtest.Answer{
		func() *webtest.Answer { return b.Post("/reauth", "password", "wrong password number one") },
		func() *webtest.Answer {
			return b.Post("/account/password", "current", "wrong password number one", "password", newPassword)
		},
		func() *webtest.Answer { return b.Post("/account/delete", "password", "wrong password number one") },
		func() *webtest.Answer {
			return b.Post("/signin", "email", "ada@example.com", "password", "wrong password number one")
		},
	}
	for i := range 24 {
		want := 422
		if i >= 20 {
			want = 429
		}
		doors[i%len(doors)]().Shows(want)
	}
}

// RL-3: a forwarding header is believed of a trusted proxy alone.
func TestWhoseAddressCounts(t *testing.T) {
	ask := func(proxies []string, remote string, header http.Header) string {
		w := webtest.OnMemory(t)
		w.Web.TrustedProxies = proxies
		w.Deploy()
		r := httptest.NewRequest("GET", w.URL+"/nowhere", nil)
		r.RemoteAddr = remote
		for name, values := range header {
			r.Header[name] = values
		}
		w.Handler().ServeHTTP(httptest.NewRecorder(), r)
		_, rest, _ := strings.Cut(w.Log.String(), `"ip":"`)
		ip, _, _ := strings.Cut(rest, `"`)
		return ip
	}
	xff := func(values ...string) http.Header { return http.Header{"X-Forwarded-For": values} }
	proxy := []string{"10.0.0.0/8"}
	for name, c := range map[string]struct {
		proxies []string
		remote  string
		header  http.Header
		want    string
	}{
		"nobody is trusted":               {nil, "203.0.113.7:1", xff("192.0.2.1"), "203.0.113.7"},
		"other headers are never":         {proxy, "10.0.0.1:1", http.Header{"X-Real-Ip": {"192.0.2.1"}, "True-Client-Ip": {"192.0.2.1"}, "Forwarded": {"for=192.0.2.1"}}, "10.0.0.1"},
		"a stranger is not":               {proxy, "203.0.113.7:1", xff("192.0.2.1"), "203.0.113.7"},
		"the proxy is":                    {proxy, "10.0.0.1:1", xff("192.0.2.1"), "192.0.2.1"},
		"what the client sends is not":    {proxy, "10.0.0.1:1", xff("192.0.2.66, 192.0.2.1"), "192.0.2.1"},
		"two headers are one list":        {proxy, "10.0.0.1:1", xff("192.0.2.66", "192.0.2.1"), "192.0.2.1"},
		"proxies in a row are passed":     {proxy, "10.0.0.1:1", xff("192.0.2.1, 10.2.3.4"), "192.0.2.1"},
		"garbage is the connection's own": {proxy, "10.0.0.1:1", xff("192.0.2.1, nonsense"), "10.0.0.1"},
		"no header, likewise":             {proxy, "10.0.0.1:1", nil, "10.0.0.1"},
	} {
		if got := ask(c.proxies, c.remote, c.header); got != c.want {
			t.Errorf("%s: the address is %q, want %q", name, got, c.want)
		}
	}
}
