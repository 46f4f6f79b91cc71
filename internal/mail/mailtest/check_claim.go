package mailtest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"latchkey/internal/mail"
)

func claimed(t *testing.T, two Two) {
	s := two[0]
	put(t, s, mail.Queued{ID: "shown", To: "ada@example.com", Sealed: "x", At: noon}) // never sent
	add(t, s, "a", "b", "c")
	want(t, "before its time", claim(t, s, noon.Add(-time.Millisecond), 9))
	got, err := s.ClaimMail(t.Context(), noon.Add(time.Second), noon.Add(lease), 1)
	if err != nil || len(got) != 1 {
		t.Fatalf("ClaimMail = %v, %v, want one mail", got, err)
	}
	if w := (mail.Queued{ID: "a", To: "ada@example.com", Sealed: "sealed a", At: noon, NextTry: noon.Add(lease)}); got[0] != w {
		t.Errorf("ClaimMail = %+v, want %+v", got[0], w)
	}
	want(t, "a second later", claim(t, s, noon.Add(time.Second), 9), "b")
	want(t, "when all have come", claim(t, s, noon.Add(2*time.Second), 9), "c")
}

func leased(t *testing.T, two Two) {
	add(t, two[0], "a")
	want(t, "at first", claim(t, two[0], noon, 9), "a")
	want(t, "within the lease", claim(t, two[1], noon.Add(lease-time.Millisecond), 9))
	want(t, "after the lease", claim(t, two[1], noon.Add(lease), 9), "a")
}

// race fails where a claim looks first and takes then.
func race(t *testing.T, two Two) {
	const mails, workers = 120, 8
	for i := range mails {
		add(t, two[0], fmt.Sprintf("m%03d", i))
	}
	var mu sync.Mutex
	times := map[string]int{}
	var claiming sync.WaitGroup
	start := make(chan struct{})
	for worker := range workers {
		claiming.Go(func() {
			<-start
			for {
				got, err := two[worker%2].ClaimMail(t.Context(), noon, noon.Add(lease), 3)
				if err != nil {
					t.Errorf("ClaimMail = %v", err)
				}
				if len(got) == 0 {
					return
				}
				mu.Lock()
				for _, q := range got {
					times[q.ID]++
				}
				mu.Unlock()
			}
		})
	}
	close(start)
	claiming.Wait()
	want(t, "left over", claim(t, two[0], noon, mails))
	for id, n := range times {
		if n != 1 {
			t.Errorf("mail %s is claimed %d times, want once", id, n)
		}
	}
	if len(times) != mails {
		t.Errorf("%d mails are claimed, want %d", len(times), mails)
	}
}

func done(t *testing.T, two Two) {
	s := two[0]
	add(t, s, "goes", "stays")
	for _, id := range []string{"goes", "goes", "never was"} {
		if err := s.MailDone(t.Context(), id, false); err != nil {
			t.Errorf("MailDone(%s) = %v", id, err)
		}
	}
	if err := s.MailDone(t.Context(), "stays", true); err != nil {
		t.Error(err)
	}
	want(t, "to be sent", claim(t, s, noon.Add(time.Hour), 9))
	list, err := s.ListMail(t.Context(), "", 9, 0)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "shown", ids(list), "stays")
}

func retried(t *testing.T, two Two) {
	add(t, two[0], "a")
	first, err := two[0].ClaimMail(t.Context(), noon, noon.Add(lease), 9)
	if err != nil || len(first) != 1 {
		t.Fatalf("ClaimMail = %v, %v", first, err)
	}
	next := noon.Add(10 * time.Second)
	if err := two[0].RetryMail(t.Context(), first[0], next, 1); err != nil {
		t.Fatal(err)
	}
	want(t, "before the next try", claim(t, two[1], next.Add(-time.Millisecond), 9))
	second, err := two[1].ClaimMail(t.Context(), next, next.Add(lease), 9)
	if err != nil || len(second) != 1 || second[0].Tries != 1 {
		t.Fatalf("ClaimMail = %+v, %v, want the mail with one try", second, err)
	}
	// The first instance was slow, and comes after its lease.
	if err := two[0].RetryMail(t.Context(), first[0], noon, 7); err != nil {
		t.Fatal(err)
	}
	want(t, "while the second has it", claim(t, two[0], next.Add(lease-time.Millisecond), 9))
}
