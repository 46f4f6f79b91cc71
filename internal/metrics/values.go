package metrics

import (
	"regexp"
	"sync"
)

// values keeps the values of labels few and plain: a reason is what an operator writes
// into a row, or a project of its own makes, and each new value is a series for ever.
type values struct {
	mu   sync.Mutex
	seen map[string]map[string]bool // by metric
}

const (
	mostValues = 64
	otherValue = "other"
)

var plainValue = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)

// known is the value itself, or otherValue where there are too many or it is not plain.
func (v *values) known(metric, value string) string {
	if !plainValue.MatchString(value) {
		return otherValue
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.seen == nil {
		v.seen = map[string]map[string]bool{}
	}
	seen := v.seen[metric]
	if seen == nil {
		seen = map[string]bool{}
		v.seen[metric] = seen
	}
	if !seen[value] && len(seen) >= mostValues {
		return otherValue
	}
	seen[value] = true
	return value
}
