package lab

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// Who has so many roles already is not locked out by more of them.
func TestALargeProfileIsNotMadeLarger(t *testing.T) {
	own := []string{strings.Repeat("x", 7000)}
	if got := padded(own); len(got) != 1 {
		t.Errorf("padded(7000 bytes) has %d roles, want the one", len(got))
	}
	bytes := 0
	for _, role := range padded([]string{"editor"}) {
		bytes += len(role)
	}
	if bytes < 6000 || bytes > 6100 {
		t.Errorf("padded has %d bytes of roles, want 6 kB", bytes)
	}
}

func TestDropsDoNotGrow(t *testing.T) {
	now := time.Now()
	d := newDrops(func() time.Time { return now })
	for i := range 3 * maxDrops {
		d.add(strconv.Itoa(i))
	}
	if len(d.until) != maxDrops {
		t.Errorf("%d sessions are dropped at once, want at most %d", len(d.until), maxDrops)
	}
	now = now.Add(dropFor)
	d.add("one more")
	if len(d.until) != 1 || d.left("one more") != dropFor || d.left("0") != 0 {
		t.Errorf("20 s later %d sessions are dropped, want the new one only", len(d.until))
	}
}
