package authhttp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
)

// Stock nginx has 4 kB for all headers of an answer, of which our pages fill 800 bytes; and
// for a line of the request it has 8 kB.
func TestTheLargestSessionPassesAStockProxy(t *testing.T) {
	w := newWorld(t, "jwt")
	w.edge.Cookie.Secure = true
	for bytes := 400; ; bytes += 16 {
		w.Wait(time.Minute)
		w.ChangeUser(w.A, "ada", func(u *auth.User) { u.Profile.Roles = []string{strings.Repeat("r", bytes)} })
		issued, err := w.A.Begin(t.Context(), auth.Login{UserID: "ada"})
		if err != nil {
			if bytes < 1000 {
				t.Errorf("roles of %d bytes are refused: %v", bytes, err)
			}
			return
		}
		w.Wait(10 * time.Minute)
		resp := w.serve(issued.Cookie, nil, func(r *http.Request) { // after a longer session, and with a neighbour's cookies
			for _, n := range []string{".0", ".1", ".2", ".3", ".4", ".5", ".6", ".7"} {
				r.AddCookie(&http.Cookie{Name: w.edge.Cookie.Name + n, Value: "old"})
			}
		})
		var wire strings.Builder
		resp.Header.Write(&wire)
		if w.setCookie(resp) == "" || wire.Len() > auth.DefaultMaxCookieBytes+100 { // with Cache-Control and Vary
			t.Fatalf("with roles of %d bytes the answer has %d bytes of headers, want a cookie and at most %d", bytes, wire.Len(), auth.DefaultMaxCookieBytes+100)
		}
	}
}
