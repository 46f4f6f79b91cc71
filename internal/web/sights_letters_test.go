package web_test

import (
	"os"
	"regexp"
	"testing"

	"latchkey/internal/web/webtest"
)

// Each mail that users get can be read on a phone, by day and by night, and by everybody.
func TestTheLookOfEveryMail(t *testing.T) {
	t.Parallel()
	s := webtest.OnMemory(t)
	s.Unlimited = true
	required(s)
	mailEverything(s)
	var one []webtest.Letter // of each kind
	seen := map[[2]string]bool{}
	for _, l := range s.Letters.All() {
		if kind := [2]string{l.Subject, l.Note}; !seen[kind] {
			seen[kind] = true
			one = append(one, l)
		}
	}
	words, err := os.ReadFile("../accounts/words.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := len(regexp.MustCompile(`(?m)^func \w+Words\(`).FindAll(words, -1))
	if !s.Has("/signin/link") {
		kinds -= 2 // the link, and that it has taken a stranger's password away
	}
	if kinds < 10 || len(one) != kinds {
		t.Errorf("the flows have had %d kinds of mail sent, want the %d that accounts/words.go has: %v", len(one), kinds, seen)
	}
	webtest.LookAtLetters(t, s, one...)
}

// mailEverything has the accounts of a site say all that they can say by mail.
func mailEverything(s *webtest.Site) {
	const ada, bob, moved, second, third = "ada@example.com", "bob@example.com", "ada@a-long-domain-name-for-a-narrow-screen.example.org", "quartz-lantern-meadow-28", "umbrella-glacier-trumpet-61"
	signUp := func(email string) *webtest.Browser {
		b := s.Browser()
		b.Post("/signup", "name", "Ada", "email", email, "password", webtest.Password).Shows(303)
		return b
	}
	b := signUp(ada)
	signUp(ada) // again: not confirmed yet
	signUp(bob)
	b.Post("/verify/send", "email", ada).Shows(303)
	b.Get(s.Letter(ada, "Confirm your email address").Path(s))
	b.Post("/verify").Shows(303)
	signUp(ada) // again

	b.Post("/forgot", "email", ada).Shows(303)
	b.Get(s.Letter(ada, "Choose a new password").Path(s))
	b.Post("/reset", "password", second).Shows(303)
	b.Post("/signin", "email", ada, "password", second).Shows(303)
	s.Browser().Post("/signin", "email", ada, "password", second).Shows(303)

	if s.Has("/signin/link") {
		s.Browser().Post("/signin/link", "email", bob).Shows(303)
		other := s.Browser()
		other.Get(s.Letter(bob, "Your link to sign in").Path(s))
		other.Post("/signin/link/open").Shows(303)
	}

	b.Post("/account/password", "current", second, "password", third).Shows(303)
	b.Post("/account/email", "email", bob, "password", third).Shows(303)
	b.Post("/account/email", "email", moved, "password", third).Shows(303)
	b.Get(s.Letter(moved, confirmNew).Path(s))
	b.Post("/verify").Shows(303)
	b.Post("/account/delete", "password", third).Shows(303)
}
