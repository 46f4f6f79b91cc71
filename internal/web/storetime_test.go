package web_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/internal/web/webtest"
)

// To know who asks, a request waits 2 s for the database and not for its whole time.
func TestTheStoreHasTwoSeconds(t *testing.T) {
	db := webtest.Hold(webtest.NewMemory())
	w := webtest.New(t, db, "jwt")
	b := w.SignUp("ada@example.com")
	w.Wait(6 * time.Minute)
	var left atomic.Int64
	db.Wait(func(ctx context.Context) error {
		if end, ok := ctx.Deadline(); ok {
			left.CompareAndSwap(0, int64(time.Until(end)))
		}
		return nil
	})
	b.Get("/dashboard").Shows(200)
	if got := time.Duration(left.Load()); got < time.Second || got > 2*time.Second {
		t.Errorf("a question about a session has %v, want 2 s", got)
	}
}
