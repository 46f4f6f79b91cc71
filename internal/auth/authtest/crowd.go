package authtest

import (
	"log/slog"
	"runtime"
	"testing"
	"time"

	"latchkey/internal/auth"
)

const (
	crowdFills = 30        // most time of one step, in the time that it took to write the rows; it takes two to four
	crowdBytes = 120 << 20 // allocated by one step, most of it given back on the way
)

// RunCrowd checks that a user with 50,000 sessions, from before there was a limit,
// is dealt with in bounded time and memory. fill gives a user so many live
// sessions.
func RunCrowd(t *testing.T, open func(t *testing.T) (store Backend, fill func(userID string, sessions int, now time.Time))) {
	for name, limit := range map[string]int{"no limit": 0, "a limit of five": 5} {
		t.Run(name, func(t *testing.T) {
			store, fill := open(t)
			now := time.Now().UTC().Truncate(time.Millisecond)
			service, err := auth.New(auth.Config{
				Store: store, Strategy: "jwt", Secrets: []string{Secret}, CookieName: "authjs.session-token", Limit: limit,
				MaxAge: 24 * time.Hour, AbsoluteMaxAge: 72 * time.Hour, RenewAfter: 5 * time.Minute, Log: slog.New(slog.DiscardHandler),
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := store.AddUser(t.Context(), auth.User{ID: "ada", Email: "ada@example.com", CreatedAt: now, UpdatedAt: now}); err != nil {
				t.Fatal(err)
			}
			c := crowded{t, service, 0}
			start := time.Now()
			fill("ada", crowd, now)
			c.filled = time.Since(start)
			c.step("a page of devices", crowd, auth.Page{Limit: 11}, nil)
			left := limit
			if limit == 0 {
				left = auth.MostSessions
			}
			c.step("a sign-in", left, auth.Page{Limit: 10}, func() error { _, err := service.Begin(t.Context(), Ada); return err })
			fill("ada", crowd, now)
			c.step("signing out everywhere", 0, auth.Page{Limit: 10}, func() error {
				n, err := service.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonEverywhere)
				if n != crowd+left {
					t.Errorf("End = %d sessions, want %d", n, crowd+left)
				}
				return err
			})
		})
	}
}

// crowded is a user with very many sessions.
type crowded struct {
	*testing.T
	service *auth.Service
	filled  time.Duration // how long it took to write their rows
}

// step does something, lists a page, and checks how many sessions are live and
// what it took.
func (c crowded) step(what string, want int, page auth.Page, do func() error) {
	c.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	if do != nil {
		if err := do(); err != nil {
			c.Fatalf("%s = %v", what, err)
		}
	}
	list, total, err := c.service.Sessions(c.Context(), "ada", page)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if err != nil || total != want || len(list) != min(page.Limit, want) {
		c.Fatalf("after %s Sessions = %d of %d, %v, want %d of %d", what, len(list), total, err, min(page.Limit, want), want)
	}
	allocated := after.TotalAlloc - before.TotalAlloc
	fills := float64(took) / float64(c.filled)
	c.Logf("%s took %.1f times as long as writing the rows, and %d kB", what, fills, allocated>>10)
	if fills > crowdFills || allocated > crowdBytes {
		c.Errorf("%s took %.1f times as long as writing the rows, and %d kB, want at most %d times and %d kB", what, fills, allocated>>10, crowdFills, crowdBytes>>10)
	}
}
