package bench

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"latchkey/internal/bench/control"
)

// control is the site without sessions, with the same pages.
func (s *site) control() http.Handler {
	return control.Site{Kit: s.kit, Session: s.session, Around: s.count}.Handler()
}

// sameAnswers fails unless the site and a control give one answer, but for nonces and for
// times.
func (s *site) sameAnswers(control http.Handler, path string) {
	s.b.Helper()
	var ours, theirs answer
	ours.serve(s.Handler(), s.get(path))
	theirs.serve(control, s.get(path))
	delete(ours.header, "Set-Cookie") // of a renewal
	if ours.status != theirs.status || ours.shape() != theirs.shape() {
		s.b.Fatalf("%s answers %d, its control %d:\n%s\n\n%s", path, ours.status, theirs.status, ours.shape(), theirs.shape())
	}
}

// shape is what does not differ from one request to the next: the names of the headers,
// and the body without nonces and numbers.
func (a *answer) shape() string {
	names := slices.Sorted(maps.Keys(a.header))
	return strings.Join(names, ",") + "\n" + changing.ReplaceAllString(string(a.body), "#")
}

var changing = regexp.MustCompile(`[A-Z2-7]{26}|[0-9.]+`)
