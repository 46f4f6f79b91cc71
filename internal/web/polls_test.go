package web_test

import (
	"testing"
	"time"

	"latchkey/internal/web/webtest"
)

func TestAFloodOfPollsIsTurnedAway(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada, bob := w.SignUp("a"+webtest.Email(t)), w.SignUp("b"+webtest.Email(t))
		refused := 0
		for range 80 {
			answer := ada.Get("/auth/session")
			if answer.StatusCode == 429 {
				refused++
				if answer.Header.Get("Retry-After") != "1" || answer.Text != "null" || len(answer.Cookies()) != 0 {
					t.Errorf("a poll too many gets Retry-After %q and %s, want 1 and null, which the stock client takes for no news", answer.Header.Get("Retry-After"), answer.Text)
				}
			} else {
				answer.Shows(200)
			}
		}
		if refused < 10 {
			t.Errorf("%d of 80 polls at once are turned away, want about 20", refused)
		}
		bob.Get("/auth/session").Shows(200, "@example.com")
		ada.Get("/dashboard").Shows(200)
		w.Wait(2 * time.Second)
		ada.Get("/auth/session").Shows(200, "@example.com")
	})
}
