package mail_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	. "latchkey/internal/mail"
	"latchkey/internal/mail/mailtest"
)

func everywhere(t *testing.T, f func(*testing.T, *world)) {
	t.Run("sqlite", func(t *testing.T) { f(t, newWorld(t, onSQLite(t))) })
	t.Run("postgres", func(t *testing.T) { f(t, newWorld(t, onPostgres(t))) })
}

// RS-6: mail outlives an outage of its server and the instance that wrote it.
func TestMailInTheOutboxSurvivesARestart(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.sink.Start()
		w.sink.Stop() // the address is known now, and nobody there
		first := w.service()
		stop := w.run(first)
		w.send(first, "ada@example.com")
		w.until("the log says that mail waits", func() bool { return strings.Contains(w.log.String(), "mail waits") })
		stop()
		if len(w.left()) != 1 {
			t.Fatalf("%d mails are left when the instance is gone, want the one", len(w.left()))
		}
		w.sink.Start()
		w.wait(time.Minute)
		w.run(w.service())
		w.sink.Wait(1)
		w.empty()
		if n := len(w.sink.Received()); n != 1 {
			t.Errorf("the mail arrived %d times, want once", n)
		}
	})
}

func TestAnInstanceSeesItsServerComeBack(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	w := newWorld(t, onSQLite(t))
	w.sink.Start()
	w.sink.Stop()
	s := w.service()
	w.run(s)
	w.send(s, "ada@example.com")
	w.until("the log says that mail waits", func() bool { return strings.Contains(w.log.String(), "mail waits") })
	w.sink.Start()
	w.sink.Wait(1)
	w.empty()
	w.until("the log says that it is over", func() bool { return strings.Contains(w.log.String(), "mail goes out again") })
	if strings.Contains(w.log.String(), password) || strings.Contains(w.log.String(), "ada@") {
		t.Errorf("the log has the password or the address:\n%s", w.log.String())
	}
}

func TestOfTwoInstancesOneSendsAMail(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		const mails = 40
		w.sink.Start()
		one, two := w.service(), w.service()
		for range mails {
			w.send(one, "ada@example.com")
		}
		w.run(one)
		w.run(two)
		w.empty()
		if n := len(w.sink.Received()); n != mails {
			t.Errorf("%d mails arrived, want each of %d once", n, mails)
		}
	})
}

func TestWhatAnInstanceDiedWithIsSentAfterTheLease(t *testing.T) {
	w := newWorld(t, onSQLite(t))
	w.sink.Start()
	s := w.service()
	w.send(s, "ada@example.com")
	claimed, err := w.store.ClaimMail(t.Context(), w.now(), w.now().Add(2*time.Minute), 9)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("ClaimMail = %v, %v", claimed, err)
	}
	w.run(s)
	s.Hint()
	time.Sleep(100 * time.Millisecond) // a round or two
	if n := len(w.sink.Received()); n != 0 {
		t.Fatalf("%d mails arrived within the lease of another instance, want none", n)
	}
	w.wait(2 * time.Minute)
	s.Hint()
	w.sink.Wait(1)
	w.empty()
}

func TestMailThatIsRefusedIsGivenUp(t *testing.T) {
	w := newWorld(t, onSQLite(t))
	w.sink.Refuse = func(verb, to string) string {
		if verb == "RCPT" && to == "nobody@example.com" {
			return "550 5.1.1 no such user"
		}
		return ""
	}
	w.sink.Start()
	s := w.service()
	w.run(s)
	w.send(s, "nobody@example.com")
	w.send(s, "ada@example.com")
	w.sink.Wait(1)
	w.empty()
	if text := w.log.String(); !strings.Contains(text, "given up") || !strings.Contains(text, "550") {
		t.Errorf("the log does not say that a mail is given up:\n%s", text)
	}
}

func TestMailThatIsPutOffIsTriedForADay(t *testing.T) {
	w := newWorld(t, onSQLite(t))
	w.sink.Refuse = mailtest.Refusing("RCPT", "451 4.7.1 later")
	w.sink.Start()
	s := w.service()
	w.run(s)
	w.send(s, "ada@example.com")
	pauses := []time.Duration{}
	for tries := 1; tries <= 14; tries++ {
		w.until("one more try is counted", func() bool { left := w.left(); return len(left) == 1 && left[0].Tries == tries })
		pause := w.left()[0].NextTry.Sub(w.now())
		pauses = append(pauses, pause.Round(time.Second))
		w.wait(pause + time.Second)
		s.Hint()
	}
	if first, last := pauses[0], pauses[13]; first > 10*time.Second || last < 45*time.Minute || last > 75*time.Minute {
		t.Errorf("the pauses are %v, want seconds at first and about an hour in the end", pauses)
	}
	w.wait(25 * time.Hour)
	s.Hint()
	w.empty()
	if !strings.Contains(w.log.String(), "given up") {
		t.Errorf("the log does not say that the mail is given up:\n%s", w.log.String())
	}
}

// The server has the mail, and the connection breaks before goodbye.
func TestAMailThatIsTakenIsSent(t *testing.T) {
	w := newWorld(t, onSQLite(t))
	w.sink.Start()
	w.sink.Set(func(s *mailtest.Sink) { s.HangUp = true })
	s := w.service()
	w.run(s)
	w.send(s, "ada@example.com")
	w.sink.Wait(1)
	w.empty()
	if n := len(w.sink.Received()); n != 1 {
		t.Errorf("the mail arrived %d times, want once", n)
	}
}

func TestAMailOnItsWayArrivesWhenTheInstanceStops(t *testing.T) {
	w := newWorld(t, onSQLite(t))
	w.sink.Delay = time.Second
	w.sink.Start()
	s := w.service()
	stop := w.run(s)
	for range 12 { // more than a batch
		w.send(s, "ada@example.com")
	}
	w.until("a mail is on its way", func() bool { return w.sink.Talking() > 0 })
	stop()
	arrived := len(w.sink.Received())
	if left := len(w.left()); arrived == 0 || arrived+left != 12 {
		t.Errorf("%d mails arrived and %d are left, want at least one and 12 in all", arrived, left)
	}
	w.sink.Set(func(s *mailtest.Sink) { s.Delay = 0 })
	w.run(w.service()) // at once: what was not sent was let go
	w.empty()
	if n := len(w.sink.Received()); n != 12 {
		t.Errorf("%d mails arrived, want each of 12 once", n)
	}
}

// PR-2: an instance whose server says nothing stops in seconds.
// leaving is a store whose instance is told to stop while it asks.
type leaving struct {
	Store
	stop func()
}

func (l leaving) ClaimMail(context.Context, time.Time, time.Time, int) ([]Queued, error) {
	l.stop()
	return nil, errors.New("the question was given up")
}

// A first round that ends with the instance is no outage to wait for.
func TestAnInstanceStopsInItsFirstRound(t *testing.T) {
	w := newWorld(t, onSQLite(t))
	w.sink.Start()
	ctx, stop := context.WithCancel(t.Context())
	w.service(func(c *Config) { c.Store = leaving{w.store, stop} }).Run(ctx)
	if strings.Contains(w.log.String(), "mail waits") {
		t.Errorf("an instance that stops complains: %s", w.log.String())
	}
}

func TestAStuckServerDoesNotKeepAnInstanceFromStopping(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	w := newWorld(t, onSQLite(t))
	w.sink.Delay = 15 * time.Second
	w.sink.Start()
	s := w.service()
	stop := w.run(s)
	w.send(s, "ada@example.com")
	w.until("the mail is on its way", func() bool { return w.sink.Talking() > 0 })
	began := time.Now()
	stop()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the instance took %s to stop, want about 5", took)
	}
	if len(w.left()) != 1 {
		t.Error("the mail is lost")
	}
}

func TestDevelopmentShowsWhatItSends(t *testing.T) {
	w := newWorld(t, onSQLite(t))
	w.sink.Start()
	s := w.service(func(c *Config) { c.Keep = true })
	w.run(s)
	w.send(s, "ada@example.com")
	w.sink.Wait(1)
	w.until("the mail is only shown", func() bool { left := w.left(); return len(left) == 1 && left[0].NextTry.IsZero() })
	shown, err := s.List(t.Context(), "ada@example.com", 9, 0)
	if err != nil || len(shown) != 1 || shown[0].Subject != "Grüße" {
		t.Fatalf("List = %+v, %v, want the mail", shown, err)
	}
	if one, err := s.Find(t.Context(), shown[0].ID); err != nil || one != shown[0] {
		t.Errorf("Find = %+v, %v, want %+v", one, err, shown[0])
	}
	if _, err := s.Find(t.Context(), "none"); !errors.Is(err, ErrNoMail) {
		t.Errorf("Find of none = %v, want ErrNoMail", err)
	}
}

func TestWithoutAServerMailIsOnlyShown(t *testing.T) {
	w := newWorld(t, onSQLite(t))
	w.sink.Start()
	s := w.service(func(c *Config) { c.Sender, c.Keep = nil, true })
	w.run(s)
	w.send(s, "ada@example.com")
	if left := w.left(); len(left) != 1 || !left[0].NextTry.IsZero() {
		t.Errorf("the outbox has %+v, want one mail that is never sent", left)
	}
}
