package lab

import "net/http"

// NewDrops and what follows are for tests that need a whole site, which this
// package cannot import.
var NewDrops = newDrops

func (d *drops) Add(sessionID string) { d.add(sessionID) }

func (d *drops) Cut(paths map[string]bool, next http.Handler) http.Handler { return d.cut(paths, next) }

// Open is how many streams are noted as open.
func (d *drops) Open() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.open)
}
