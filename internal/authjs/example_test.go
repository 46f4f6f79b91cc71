package authjs_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"latchkey/internal/authjs"
)

// Another service of the same site, with the same secret and no database, greets the
// signed-in user.
func Example() {
	cookie := authjs.SessionCookie(true)
	codec, err := authjs.NewCodec(cookie.Name, "a secret that both services know…")
	if err != nil {
		log.Fatal(err)
	}

	greet := func(w http.ResponseWriter, r *http.Request) {
		var user authjs.Claims
		for _, candidate := range cookie.Candidates(r) {
			claims, err := codec.Decode(candidate, time.Now())
			if err != nil {
				continue
			}
			// With two sessions in one request, one of them planted by a neighbour, the
			// user is neither of the two.
			if user.SessionID != "" && user.SessionID != claims.SessionID {
				user = authjs.Claims{}
				break
			}
			user = claims
		}
		// A sign-out does not change the token: a page that must not outlive a sign-out asks
		// the site instead.
		if user.SessionID == "" || time.Since(user.ValidatedAt) > 5*time.Minute {
			http.Error(w, "Please sign in", http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, "Hello %s, user %s", user.Name, user.Subject)
	}

	// The site signs Ada in …
	now := time.Now()
	token, err := codec.Encode(authjs.Claims{
		Subject: "42", SessionID: "s_1", Name: "Ada", IssuedAt: now, ValidatedAt: now, ExpiresAt: now.Add(time.Hour),
	})
	if err != nil {
		log.Fatal(err)
	}
	signedIn := httptest.NewRecorder()
	if err := cookie.Write(signedIn.Header(), token, now.Add(time.Hour)); err != nil {
		log.Fatal(err)
	}

	// … and their browser brings the cookie along.
	visit := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, c := range signedIn.Result().Cookies() {
		if c.MaxAge >= 0 {
			visit.AddCookie(c)
		}
	}
	for _, r := range []*http.Request{visit, httptest.NewRequest(http.MethodGet, "/", nil)} {
		w := httptest.NewRecorder()
		greet(w, r)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 Hello Ada, user 42
	// 401 Please sign in
}
