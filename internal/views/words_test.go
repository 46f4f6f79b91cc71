package views

import (
	"testing"
	"time"
)

func TestRelative(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		after time.Duration
		want  string
	}{
		{0, "just now"},
		{-59 * time.Second, "just now"},
		{-time.Minute, "1 minute ago"},
		{-59 * time.Minute, "59 minutes ago"},
		{-110 * time.Minute, "1 hour ago"},
		{-day, "1 day ago"},
		{-59 * day, "59 days ago"},
		{-95 * day, "3 months ago"},
		{10 * time.Second, "in less than a minute"},
		{59*time.Minute + 50*time.Second, "in 1 hour"},
		{day - time.Second, "in 1 day"},
		{7*day - time.Second, "in 7 days"},
		{6*day + 12*time.Hour, "in 6 days"},
	} {
		if got := relative(noon, noon.Add(c.after)); got != c.want {
			t.Errorf("relative(%v from now) = %q, want %q", c.after, got, c.want)
		}
	}
}

func TestExactIsInUTCWhateverTheZone(t *testing.T) {
	berlin := noon.In(time.FixedZone("CET", 3600))
	if got, want := exact(berlin), "1 March 2026, 12:00 UTC"; got != want {
		t.Errorf("exact(%v) = %q, want %q", berlin, got, want)
	}
	if got, want := machine(berlin), "2026-03-01T12:00:00Z"; got != want {
		t.Errorf("machine(%v) = %q, want %q", berlin, got, want)
	}
}

func TestRetryWords(t *testing.T) {
	for seconds, want := range map[int]string{0: "", -1: "", 1: "Try again in 1 second.", 30: "Try again in 30 seconds.", 120: "Try again in 2 minutes."} {
		if got := (ErrorPageModel{RetryAfter: seconds}).retryWords(); got != want {
			t.Errorf("retryWords(%d) = %q, want %q", seconds, got, want)
		}
	}
}
