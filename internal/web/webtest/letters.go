package webtest

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"latchkey/internal/accounts"
	"latchkey/internal/mail"
)

// Letters are what the accounts of a site have had to say by mail, in words.
type Letters struct {
	mu   sync.Mutex
	post accounts.Mailer // of the instance made last
	sent []Letter
	jobs atomic.Int64 // that go on behind answers
}

// behind runs a job that may have more to say, for which To and All wait.
func (l *Letters) behind(job func()) {
	l.jobs.Add(1)
	go func() {
		defer l.jobs.Add(-1)
		job()
	}()
}

func (l *Letters) settle() { Eventually(func() bool { return l.jobs.Load() == 0 }) }

// Letter is one of them.
type Letter struct {
	To string
	accounts.Words
}

// Queue implements accounts.Mailer.
func (l *Letters) Queue(to string, words accounts.Words) (mail.Queued, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, Letter{to, words})
	return l.post.Queue(to, words)
}

// To returns the letters to an address, the oldest first.
func (l *Letters) To(email string) []Letter {
	l.settle()
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []Letter
	for _, letter := range l.sent {
		if letter.To == email {
			all = append(all, letter)
		}
	}
	return all
}

// newSignIn begins the subject of a letter about a sign-in in a new browser.
const newSignIn = "New sign-in: "

// All returns all letters, the oldest first.
func (l *Letters) All() []Letter {
	l.settle()
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.sent)
}

// Letter is the last letter to an address, which must come to have this subject: some are
// written after the answer. Those about sign-ins come in between whenever a test takes a new browser: they count only where they
// are asked for.
func (s *Site) Letter(email, subject string) Letter {
	s.T.Helper()
	var all []Letter
	came := Eventually(func() bool {
		all = slices.DeleteFunc(s.Letters.To(email), func(l Letter) bool {
			return strings.HasPrefix(l.Subject, newSignIn) && !strings.HasPrefix(subject, newSignIn)
		})
		return len(all) > 0 && all[len(all)-1].Subject == subject
	})
	if !came {
		s.T.Fatalf("the mail to %s is %v, want %q last", email, all, subject)
	}
	return all[len(all)-1]
}

// Path is the link without the origin, which must be the site's.
func (l Letter) Path(s *Site) string {
	s.T.Helper()
	path, ours := strings.CutPrefix(l.Link, s.URL)
	if !ours {
		s.T.Fatalf("the link in %q is %s, want it to begin with %s", l.Subject, l.Link, s.URL)
	}
	return path
}

// Token is the secret in the link.
func (l Letter) Token(s *Site) string {
	s.T.Helper()
	link, err := url.Parse(l.Path(s))
	if err != nil || len(link.Query().Get("token")) != 43 {
		s.T.Fatalf("the link in %q is %s, want one with a token", l.Subject, l.Link)
	}
	return link.Query().Get("token")
}
