package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/testenv"
)

// The primary of a cluster is killed, with its Patroni, while users are busy and its standbys
// hear nothing of it. Those who are signed in are answered throughout, nobody is signed out, every sign-out
// that was acknowledged holds on the next primary, and writing works again by itself (DB-1,
// DB-3).
func TestAFailoverByPatroniForgetsNothing(t *testing.T) {
	t.Parallel()
	db := testenv.NewPatroni(t)
	var towns []*town
	for _, strategy := range []string{"jwt", "database"} {
		towns = append(towns, newTown(t, strategy, db.DSN()))
	}
	for _, s := range towns {
		s.comeToLife()
	}
	db.StopReplication()
	for _, s := range towns {
		s.triesInVain()
	}
	former := db.KillPrimary()
	killed := time.Now()
	for _, s := range towns {
		s.writesAgain(killed)
	}
	now := db.Primary()
	if now == former || now == "" {
		t.Errorf("the primary was %s and is %q now, want another", former, now)
	}
	for _, s := range towns {
		s.check(killed)
	}
}

// town is an instance with users of every kind.
type town struct {
	*crowd
	program  *process
	dsn      string
	strategy string
	holders  []*http.Client
	devices  chan *http.Client // signed in, to be signed out one after the other
	longest  atomic.Int64      // time that a holder waited for an answer
	tried    atomic.Int64      // sign-outs
	refused  atomic.Int64      // of them, those that were not acknowledged
}

func newTown(t *testing.T, strategy, dsn string) *town {
	t.Helper()
	s := &town{dsn: dsn, strategy: strategy, devices: make(chan *http.Client, 60)}
	s.program = s.instance(t)
	s.crowd = newCrowd(t, s.program.url)
	for n := range 4 {
		client, _ := s.signUp(fmt.Sprint(strategy, n, "@example.com"))
		s.holders = append(s.holders, client)
	}
	for range cap(s.devices) {
		client := guest(t)
		s.want("Dashboard", client, http.MethodPost, "/signin", "email", strategy+"0@example.com", "password", userPassword)
		s.devices <- client
	}
	return s
}

// instance starts one of the program, which knows nothing yet of what has ended.
func (s *town) instance(t *testing.T) *process {
	t.Helper()
	p := start(t, t.TempDir(), "ADDR=localhost:0", "AUTH_SECRET="+randomSecret, "SESSION_COOKIE_NAME="+s.strategy,
		"DATABASE_URL="+s.dsn, "SESSION_STRATEGY="+s.strategy, "SESSION_LIMIT=0", "RATE_LIMIT=off")
	if p.url == "" {
		t.Fatalf("the program does not start:\n%s", p.output)
	}
	return p
}

// comeToLife has everybody be busy: holders who only look, and one user who leaves device
// after device.
func (s *town) comeToLife() {
	s.t.Helper()
	for n, holder := range s.holders {
		email := fmt.Sprint(s.strategy, n, "@example.com")
		polls := 0
		s.again(20*time.Millisecond, func() {
			start := time.Now()
			if polls++; polls%25 == 0 { // an instance allows two a second
				s.want(email, holder, http.MethodGet, "/auth/session")
			}
			s.want("Appearance", holder, http.MethodGet, "/account/appearance")
			if took := int64(time.Since(start)); took > s.longest.Load() {
				s.longest.Store(took)
			}
		})
	}
	s.again(50*time.Millisecond, s.leave)
	until(s.t, "some have signed out", func() bool { return s.outs() >= 5 })
}

// leave signs out a device, and tries again later where that is not acknowledged.
func (s *town) leave() {
	var device *http.Client
	select {
	case device = <-s.devices:
	default:
		return
	}
	kept := s.copy(device)
	s.tried.Add(1)
	got, err := s.ask(device, http.MethodPost, "/signout")
	if err != nil || got.status != http.StatusOK {
		s.refused.Add(1)
		s.devices <- kept
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = append(s.left, kept)
}

// triesInVain waits until somebody is signing out, and for a moment in which that would be
// acknowledged if the primary did not wait for its standby.
func (s *town) triesInVain() {
	s.t.Helper()
	tried := s.tried.Load()
	until(s.t, "somebody tries to sign out", func() bool { return s.tried.Load() > tried })
	time.Sleep(time.Second)
}

func (s *town) outs() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.left)
}

// writesAgain waits until somebody can sign in, and has the last device leave then.
func (s *town) writesAgain(killed time.Time) {
	s.t.Helper()
	until(s.t, "somebody can sign in", func() bool {
		got, err := s.ask(guest(s.t), http.MethodPost, "/signin", "email", s.strategy+"0@example.com", "password", userPassword)
		return err == nil && got.status == http.StatusOK && strings.Contains(got.text, "Dashboard")
	})
	s.t.Logf("%s: writing works again %v after the kill", s.strategy, time.Since(killed).Round(100*time.Millisecond))
	outs := s.outs()
	until(s.t, "sign-outs are acknowledged again", func() bool { return s.outs() > outs || len(s.devices) == 0 })
}

// check looks at what users are told by this instance, and by one that has seen nothing
// but the next primary.
func (s *town) check(killed time.Time) {
	s.t.Helper()
	s.stop()
	for _, failure := range s.failures {
		s.t.Error(failure)
	}
	s.t.Logf("%s: %d rounds, the longest %v; %d sign-outs were acknowledged, %d refused", s.strategy, s.rounds.Load(),
		time.Duration(s.longest.Load()).Round(time.Millisecond), len(s.left), s.refused.Load())
	for _, p := range []*process{s.program, s.instance(s.t)} {
		s.process.url = p.url
		for n, holder := range s.holders {
			if got := s.get(holder, "/account"); got.status != http.StatusOK || !strings.Contains(got.text, "Profile") {
				s.t.Errorf("after the failover the account page of user %d = %d, want 200: nobody was signed out", n, got.status)
			}
		}
		s.staysOut()
	}
}
