package kit

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5/middleware"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/auth/authtest"
)

// fuzzed is a kit with everything that reading a request takes.
func fuzzed(f *testing.F) *Kit {
	f.Helper()
	secrets := []string{"a secret of thirty-two bytes, or more"}
	service, err := auth.New(auth.Config{Store: authtest.NewStore(), Strategy: "jwt", Secrets: secrets, CookieName: "session", MaxAge: time.Hour, AbsoluteMaxAge: time.Hour})
	if err != nil {
		f.Fatal(err)
	}
	k, err := New(Config{
		Auth: service, Edge: &authhttp.Edge{Sessions: service}, Secrets: secrets, BaseURL: "https://app.example", AuthPath: "/auth",
		TrustedProxies: []string{"10.0.0.0/8", "2001:db8::/32"}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		f.Fatal(err)
	}
	return k
}

// RL-3: a client chooses its own address neither directly nor through a proxy that adds
// the one it sees.
func FuzzClientIP(f *testing.F) {
	for _, line := range []string{
		"", "1.2.3.4", "1.2.3.4, 10.0.0.7", "::ffff:1.2.3.4", "[2001:db8::1]:80", "unknown", "1.2.3.4,", ",,,", "fe80::1%eth0", " 1.2.3.4\t", "1.2.3.4;x", "010.0.0.1", "\"1.2.3.4\"",
	} {
		f.Add(line, line)
	}
	k := fuzzed(f)
	seen := func(peer string, lines ...string) (ip string) {
		r := &http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": lines}}
		k.clientIP(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ip = middleware.GetClientIP(r.Context()) })).ServeHTTP(nil, r.WithContext(context.Background()))
		return ip
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		if got := seen("203.0.113.9:4711", one, two); got != "203.0.113.9" {
			t.Fatalf("a stranger that sends %q, %q has the address %q, want that of the connection", one, two, got)
		}
		if got := seen("10.0.0.7:4711", one, two+", 203.0.113.9"); got != "203.0.113.9" {
			t.Fatalf("a client of the proxy that sends %q, %q has the address %q, want the one that the proxy adds", one, two, got)
		}
		got := seen("10.0.0.7:4711", one, two)
		if a, err := netip.ParseAddr(got); err != nil || a.String() != got || a.Is4In6() || a.Zone() != "" {
			t.Fatalf("a proxy that sends %q, %q makes the address %q, want one in its own spelling", one, two, got)
		}
	})
}

// DO-1: a form reaches its handler as text that a database takes and no larger than it
// may be, or it is refused; reading it never fails as a bug does.
func FuzzReadForm(f *testing.F) {
	const form = "application/x-www-form-urlencoded"
	for _, body := range []string{"", "a=b", "a=%00", "a=%ff", "a=%", "a;b", "%=%", "a=b&a=c", "=", "&&&", "a=\x00", "\xff=\xfe", strings.Repeat("a=b&", 3000), "a=%F0%9F%98%80"} {
		f.Add(form, "", body)
	}
	f.Add("multipart/form-data; boundary=x", "a=%00", "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--")
	f.Add("application/x-www-form-urlencoded; charset=utf-7;", "%", "a=b")
	f.Add("text/plain", "a=%c0%80", "a=b")
	k := fuzzed(f)
	f.Fuzz(func(t *testing.T, kind, query, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header["Content-Type"] = []string{kind}
		read := k.Handle(func(w http.ResponseWriter, r *http.Request) error {
			if err := ReadForm(r); err != nil {
				return err
			}
			if len(body) > SmallForm {
				t.Fatalf("a body of %d bytes reaches its handler, want at most %d", len(body), SmallForm)
			}
			for name, list := range r.Form {
				if text := name + strings.Join(list, ""); !isText(text) {
					t.Fatalf("the query %q and the form %q reach their handler as %q", query, body, text)
				}
			}
			w.WriteHeader(http.StatusNoContent)
			return nil
		})
		w := httptest.NewRecorder()
		k.exchange(k.Bounded(SmallForm, time.Minute)(read)).ServeHTTP(w, r)
		switch w.Code {
		case http.StatusNoContent, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		default:
			t.Fatalf("a form with the type %q, the query %q and the body %q = %d, want it read or refused", kind, query, body, w.Code)
		}
	})
}

// What a browser keeps for us says nothing that we have not sealed, and what is behind the
// seal, such as a text from another release, breaks nothing: of notices and of devices.
func FuzzKept(f *testing.F) {
	k := fuzzed(f)
	sealed := make(http.Header)
	const said = "The note is saved."
	if err := k.flashes.add(sealed, said); err != nil {
		f.Fatal(err)
	}
	good, _, _ := strings.Cut(strings.TrimPrefix(sealed.Get("Set-Cookie"), k.flashes.cookie("", 0).Name+"="), ";")
	f.Add(good, "9999999999 id digest digest")
	f.Add(good[:len(good)-1], "9999999999")
	f.Add("....", "-1 x")
	f.Add(`"`+good+`"`, " ")
	f.Add("", "99999999999999999999 x")
	f.Fuzz(func(t *testing.T, value, payload string) {
		asked := func(kept *Kept, value string) *http.Request {
			return &http.Request{Header: http.Header{"Cookie": {kept.cookie("", 0).Name + "=" + value}}}
		}
		if got := k.flashes.Get(asked(k.flashes, value)); got != "" && got != said {
			t.Fatalf("the cookie %q says %q, which nobody has sealed", value, got)
		}
		own, err := k.devices.sealer.Seal([]byte(payload))
		if err != nil {
			return // too long
		}
		if got := k.flashes.Get(asked(k.flashes, own)); got != "" {
			t.Fatalf("a text of another kind says %q as a notice", got)
		}
		kept := k.devices.Get(asked(k.devices, own))
		if d := k.browserOf(asked(k.devices, own)); kept != "" && !strings.HasSuffix(payload, kept) || d.id != "" && !strings.Contains(kept, d.id) {
			t.Fatalf("the payload %q is read as %q, a device %q", payload, kept, d)
		}
	})
}

// LO-3: of a traceparent nothing but an id in the spelling of the standard reaches the log.
func FuzzTrace(f *testing.F) {
	const trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for _, line := range []string{"", "00-" + trace + "-" + parent + "-01", "cc-" + trace + "-" + parent + "-01-x", "00-" + strings.ToUpper(trace) + "-" + parent + "-01", "00-" + trace + "-" + parent + "-01\n"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		got := traceOf(&http.Request{Header: http.Header{"Traceparent": {line}}})
		if got == "" {
			return
		}
		if len(got) != 32 || strings.Trim(got, "0123456789abcdef") != "" || strings.Trim(got, "0") == "" || line[3:35] != got || len(line) < 55 {
			t.Fatalf("traceOf(%q) = %q, want an id or nothing", line, got)
		}
	})
}
