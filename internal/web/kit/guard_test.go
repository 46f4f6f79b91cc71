package kit

import (
	"net/http/httptest"
	"testing"
)

// An answer is given once, by the handler or in its place, however often the timer goes off.
func TestAnAnswerIsGivenOnce(t *testing.T) {
	for name, handlerFirst := range map[string]bool{"by the handler": true, "in its place": false} {
		t.Run(name, func(t *testing.T) {
			out := httptest.NewRecorder()
			g := newGuard(out)
			given := 0
			give := func() { given++; out.WriteString("late") }
			if handlerFirst {
				g.writer().Write([]byte("in time"))
			}
			g.take(give)
			g.take(give)
			_, err := g.writer().Write([]byte("?"))
			g.finish()
			g.end()
			g.take(give)
			if want := map[bool]string{true: "in time?", false: "late"}[handlerFirst]; out.Body.String() != want || (err == nil) != handlerFirst {
				t.Errorf("the answer is %q, the handler's second write %v, want %q", out.Body, err, want)
			}
			if given > 1 {
				t.Errorf("another answer was given %d times", given)
			}
		})
	}
}
