package testenv

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// recorder is a test that writes down how it ended.
type recorder struct {
	testing.TB
	outcome, reason string
}

func (*recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) { r.end("skip", format, args) }

func (r *recorder) Fatalf(format string, args ...any) { r.end("fail", format, args) }

// end keeps the first outcome: a real test would stop there.
func (r *recorder) end(outcome, format string, args []any) {
	if r.outcome == "" {
		r.outcome, r.reason = outcome, fmt.Sprintf(format, args...)
	}
}

func TestAMissingThingSkipsUnlessEverythingIsRequired(t *testing.T) {
	broken := errors.New("disk full")
	for _, tt := range []struct {
		name       string
		err        error
		requireAll string
		outcome    string
		reasons    []string
	}{
		{"there", nil, "", "", nil},
		{"there, in CI", nil, "1", "", nil},
		{"missing", errMissing, "", "skip", []string{"A teapot", "brew install teapot"}},
		{"missing, wrapped", fmt.Errorf("look: %w", errMissing), "", "skip", nil},
		{"missing, in CI", errMissing, "1", "fail", []string{"A teapot", "brew install teapot", "TEST_REQUIRE_ALL"}},
		{"broken", broken, "", "fail", []string{"A teapot", "disk full"}},
		{"broken, in CI", broken, "1", "fail", []string{"disk full"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("TEST_REQUIRE_ALL", tt.requireAll)
			r := &recorder{}
			need(r, tt.err, "A teapot", "brew install teapot")
			if r.outcome != tt.outcome {
				t.Errorf("need(%v) = %q, want %q", tt.err, r.outcome, tt.outcome)
			}
			for _, part := range tt.reasons {
				if !strings.Contains(r.reason, part) {
					t.Errorf("need(%v) says %q, want it to say %q", tt.err, r.reason, part)
				}
			}
		})
	}
}
