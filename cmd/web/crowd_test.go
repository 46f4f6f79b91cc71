package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// crowd are users of a site who are busy until they are told to stop. An answer that is not
// what they were after is a failure.
type crowd struct {
	*site
	ctx    context.Context
	cancel func()
	busy   sync.WaitGroup
	rounds atomic.Int64 // that all of them have made

	mu       sync.Mutex
	failures []string
	left     []*http.Client // still have the cookies of sessions that were signed out
}

func newCrowd(t *testing.T, address string) *crowd {
	t.Helper()
	c := &crowd{site: &site{process: &process{t: t, url: address}}}
	c.ctx, c.cancel = context.WithCancel(t.Context())
	t.Cleanup(c.stop)
	return c
}

// stop has everybody finish what they do.
func (c *crowd) stop() {
	c.cancel()
	c.busy.Wait()
}

// again has somebody do something again and again, with a short rest in between.
func (c *crowd) again(rest time.Duration, do func()) {
	c.busy.Go(func() {
		for c.ctx.Err() == nil {
			do()
			c.rounds.Add(1)
			select {
			case <-c.ctx.Done():
			case <-time.After(rest):
			}
		}
	})
}

// goOn waits until so many more rounds are made.
func (c *crowd) goOn(rounds int64) {
	c.t.Helper()
	enough := c.rounds.Load() + rounds
	until(c.t, fmt.Sprint(rounds, " rounds of the crowd"), func() bool { return c.rounds.Load() >= enough })
}

func (c *crowd) fail(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failures = append(c.failures, time.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// want asks for something and reports whether the answer shows a text with status 200.
func (c *crowd) want(text string, client *http.Client, method, path string, fields ...string) bool {
	got, err := c.ask(client, method, path, fields...)
	if err == nil && got.status == http.StatusOK && strings.Contains(got.text, text) {
		return true
	}
	c.fail("%s %s = %d, %v, want 200 and %q: %.200s", method, path, got.status, err, text, got.text)
	return false
}

// worker is signed in, polls, opens pages and sends forms.
func (c *crowd) worker(email string) *http.Client {
	client, in := c.signUp(email)
	if in.status != http.StatusOK || !strings.Contains(in.text, "Dashboard") {
		c.t.Fatalf("signing up = %d, want the dashboard", in.status)
	}
	n := 0
	c.again(50*time.Millisecond, func() { // often, but no oftener than an instance allows one user
		n++
		c.want(email, client, http.MethodGet, "/auth/session")
		c.want("Dashboard", client, http.MethodGet, "/dashboard")
		if n%4 == 0 {
			name := fmt.Sprint("Ada ", n)
			c.want(name, client, http.MethodPost, "/account", "name", name)
		}
	})
	return client
}

// listener has a stream of events open, as an open page does, and another when it ends.
func (c *crowd) listener(client *http.Client) {
	c.again(200*time.Millisecond, func() {
		r, err := http.NewRequestWithContext(c.ctx, http.MethodGet, c.url+"/auth/events", nil)
		if err != nil {
			c.fail("%v", err)
			return
		}
		resp, err := (&http.Client{Jar: client.Jar}).Do(r)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		if c.ctx.Err() == nil && (err != nil || resp.StatusCode != http.StatusOK) {
			c.fail("a stream of events ends with %v, want 200 and a proper end", err)
		}
	})
}

// passerby signs in and out again, on a new device each time.
func (c *crowd) passerby(email string) {
	c.signUp(email)
	c.again(50*time.Millisecond, func() {
		client := guest(c.t)
		if !c.want("Dashboard", client, http.MethodPost, "/signin", "email", email, "password", userPassword) {
			return
		}
		kept := c.copy(client)
		if c.want("signed out", client, http.MethodPost, "/signout") {
			c.mu.Lock()
			c.left = append(c.left, kept)
			c.mu.Unlock()
		}
	})
}

// copy is a client with the same cookies.
func (c *crowd) copy(client *http.Client) *http.Client {
	copy := guest(c.t)
	if u, err := url.Parse(c.url); err == nil {
		copy.Jar.SetCookies(u, client.Jar.Cookies(u))
	}
	return copy
}

// isIn reports whether a site takes the client for somebody who is signed in.
func (s *site) isIn(client *http.Client) bool {
	got, err := s.ask(client, http.MethodGet, "/auth/session")
	return err == nil && strings.Contains(got.text, "@")
}

// staysOut checks that no session whose end was acknowledged is honoured. An instance may
// have to hear of the last of them.
func (c *crowd) staysOut() {
	c.t.Helper()
	if len(c.left) == 0 {
		c.t.Error("nobody has signed out; this test proves nothing")
	}
	deadline := time.Now().Add(20 * time.Second)
	for n, client := range c.left {
		for c.isIn(client) {
			if time.Now().After(deadline) {
				c.t.Errorf("the sign-out %d of %d was acknowledged, and is forgotten", n+1, len(c.left))
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
}
