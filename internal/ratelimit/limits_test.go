package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/ratelimit"
	"latchkey/internal/ratelimit/ratelimittest"
)

type clock struct{ now time.Time }

func newService() (*ratelimit.Service, *ratelimittest.Memory, *clock) {
	c := &clock{time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	m := ratelimittest.NewMemory()
	return ratelimit.New(m, func() time.Time { return c.now }, slog.New(slog.DiscardHandler)), m, c
}

// wrong tries so many wrong passwords and says how many were let through.
func wrong(s *ratelimit.Service, n int, account string, client func(i int) ratelimit.Client) (let int) {
	for i := range n {
		if a, err := s.Password(context.Background(), account, client(i)); err == nil {
			a.Done()
			let++
		}
	}
	return let
}

func from(ip string) func(int) ratelimit.Client {
	return func(int) ratelimit.Client { return ratelimit.Client{IP: ip} }
}

// everywhere is another address each time.
func everywhere(i int) ratelimit.Client {
	return ratelimit.Client{IP: fmt.Sprintf("198.51.%d.%d", i/256, i%256)}
}

// RL-1, RL-5: an account takes ten wrong passwords from strangers, wherever they are; its
// owner comes in all the same, from an address or with a browser that is known.
func TestStrangersCannotLockTheOwnerOut(t *testing.T) {
	s, _, c := newService()
	home := ratelimit.Client{IP: "203.0.113.7"}
	a, err := s.Password(t.Context(), "ada", home)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Right(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.Done()
	if let := wrong(s, 200, "ada", everywhere); let != 10 {
		t.Errorf("200 wrong passwords from 200 addresses: %d were checked, want 10", let)
	}
	if let := wrong(s, 60, "ada", func(int) ratelimit.Client { return home }); let != 20 {
		t.Errorf("of 60 wrong passwords at home %d were checked, want 20", let)
	}
	if let := wrong(s, 60, "ada", func(int) ratelimit.Client { return ratelimit.Client{IP: "192.0.2.9", Device: "phone"} }); let != 20 {
		t.Errorf("of 60 from a known browser %d were checked, want 20", let)
	}
	if let := wrong(s, 200, "someone else", from("192.0.2.10")); let != 10 {
		t.Errorf("of 200 from one address %d were checked, want 10", let)
	}
	if let := wrong(s, 1, "ada", func(int) ratelimit.Client { return ratelimit.Client{IP: "192.0.2.10", Device: "tablet"} }); let != 1 {
		t.Error("a known browser is refused because of others at its address")
	}
	limited, ok := errors.AsType[*ratelimit.Error](func() error { _, err := s.Password(t.Context(), "ada", everywhere(999)); return err }())
	if !ok || limited.Wait <= 0 || limited.Wait > 90*time.Second {
		t.Errorf("the eleventh = %v, want a wait of up to 90 s", limited)
	}
	c.now = c.now.Add(limited.Wait)
	if let := wrong(s, 5, "ada", everywhere); let != 1 {
		t.Errorf("after the wait %d may be checked, want 1", let)
	}
}

// A right password costs nothing.
func TestARightPasswordIsNotCounted(t *testing.T) {
	s, _, _ := newService()
	for range 300 {
		a, err := s.Password(t.Context(), "ada", ratelimit.Client{IP: "203.0.113.7"})
		if err != nil {
			t.Fatalf("a sign-in after right ones = %v", err)
		}
		if err := a.Right(t.Context()); err != nil {
			t.Fatal(err)
		}
		a.Done()
	}
}

// Browsers sign in to one account at once, with the right password: those that find the
// budget used up wait for the others, and all come in. With the wrong one none does, and a
// crowd is refused without a wait.
func TestRightPasswordsAtOnceAllComeIn(t *testing.T) {
	for _, c := range []struct {
		right   bool
		crowd   int
		refused func(int32) bool
		want    string
	}{
		{true, 64, func(n int32) bool { return n == 0 }, "none"},
		{false, 64, func(n int32) bool { return n == 54 }, "all but the ten in the budget"},
		{true, 4000, func(n int32) bool { return n > 2000 }, "most of a crowd"},
	} {
		s, m, _ := newService()
		slow := &counted{Memory: m}
		s.SetStore(slow)
		var signingIn sync.WaitGroup
		var refused atomic.Int32
		for range c.crowd {
			signingIn.Go(func() {
				a, err := s.Password(t.Context(), "ada", ratelimit.Client{})
				if err != nil {
					refused.Add(1)
					return
				}
				time.Sleep(5 * time.Millisecond) // to hash it
				if c.right {
					a.Right(t.Context())
				}
				a.Done()
			})
		}
		signingIn.Wait()
		if !c.refused(refused.Load()) {
			t.Errorf("of %d passwords at once, right %t, %d were refused, want %s", c.crowd, c.right, refused.Load(), c.want)
		}
		if asked := int(slow.asked.Load()); asked > 3*c.crowd {
			t.Errorf("%d passwords at once ask the store %d times, want a few times each at most", c.crowd, asked)
		}
	}
}

// counted counts how often tokens are asked for.
type counted struct {
	*ratelimittest.Memory
	asked atomic.Int64
}

func (c *counted) TakeToken(ctx context.Context, key string, b ratelimit.Bucket, now time.Time, insert bool) (time.Time, bool, error) {
	c.asked.Add(1)
	return c.Memory.TakeToken(ctx, key, b, now, insert)
}

// RL-4: an address is an IPv4 address, however it is written, or an IPv6 network.
func TestAnAddressIsANetwork(t *testing.T) {
	for name, ips := range map[string]func(i int) string{
		"one address":         func(int) string { return "203.0.113.7" },
		"IPv4 in IPv6":        func(i int) string { return []string{"203.0.113.7", "::ffff:203.0.113.7", "::ffff:cb00:7107"}[i%3] },
		"addresses of a /64":  func(i int) string { return fmt.Sprintf("2001:db8:1:2::%x:%x", i, i*7) },
		"zones and spellings": func(i int) string { return []string{"fe80::1%eth0", "fe80::2%1", "FE80:0::1"}[i%3] },
	} {
		s, _, _ := newService()
		let := 0
		for i := range 200 {
			if a, err := s.Password(t.Context(), fmt.Sprint("account ", i), ratelimit.Client{IP: ips(i)}); err == nil {
				a.Done()
				let++
			}
		}
		if let != 100 {
			t.Errorf("%s: 200 passwords for 200 accounts, %d were checked, want 100", name, let)
		}
	}
	s, _, _ := newService()
	if let := wrong(s, 200, "", func(i int) ratelimit.Client {
		return ratelimit.Client{IP: fmt.Sprintf("2001:db8:1:%x::1", i)}
	}); let != 200 {
		t.Errorf("from 200 networks %d were checked, want all", let)
	}
}

// RS-6: mails are counted for whom they go to and for who asks.
func TestMailsAreCounted(t *testing.T) {
	s, _, _ := newService()
	mails := func(n int, to func(i int) string, client func(i int) ratelimit.Client) (sent int) {
		for i := range n {
			if s.Mail(t.Context(), to(i), client(i)) == nil {
				sent++
			}
		}
		return sent
	}
	if n := mails(1000, func(int) string { return "ada@example.com" }, everywhere); n != 5 {
		t.Errorf("1,000 requests send %d mails to one address, want 5", n)
	}
	if n := mails(1000, func(i int) string { return fmt.Sprint(i, "@example.com") }, from("203.0.113.7")); n != 100 {
		t.Errorf("1,000 requests from one address send %d mails, want 100", n)
	}
	for i := range 300 {
		if err := s.SignUp(t.Context(), ratelimit.Client{IP: "203.0.113.7"}); (err == nil) != (i < 200) {
			t.Fatalf("sign-up %d from one address = %v, want 200 to be let through", i+1, err)
		}
	}
}

// Invented accounts fill no disk: with the table full, keys without a row get none, and
// what has one is counted on.
func TestInventedAccountsFillNoDisk(t *testing.T) {
	s, m, c := newService()
	s.SetMost(1000)
	for i := range invented {
		if a, err := s.Password(t.Context(), fmt.Sprint("invented ", i), ratelimit.Client{IP: fmt.Sprintf("2001:db8:%x:%x::1", i/65536, i%65536)}); err == nil {
			a.Done()
		}
		if i%500 == 0 {
			s.Collect(t.Context()) // as it does every ten seconds
		}
	}
	left, _ := m.CollectBuckets(t.Context(), c.now)
	if left > 2100 {
		t.Errorf("the invented accounts leave %d rows, want about 1,000 and what comes between two rounds", left)
	}
	c.now = c.now.Add(time.Hour)
	s.Collect(t.Context())
	if left, _ := m.CollectBuckets(t.Context(), c.now); left != 0 {
		t.Errorf("an hour later %d rows are left, want none", left)
	}
	if let := wrong(s, 50, "ada", everywhere); let != 10 {
		t.Errorf("with room again %d wrong passwords are checked, want 10", let)
	}
}
