package web

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
)

func TestStatusOf(t *testing.T) { // DO-3, DB-1
	for _, tt := range []struct {
		err        error
		status     int
		retryAfter int
	}{
		{accounts.ErrBusy, 503, retryBusy},
		{fmt.Errorf("login: %w: %w", auth.ErrUnavailable, errors.New("connection refused")), 503, retryOutage},
		{fmt.Errorf("cookie: %w", auth.ErrTooLarge), 500, 0},
		{&httpError{status: 404}, 404, 0},
		{fmt.Errorf("read: %w", &http.MaxBytesError{Limit: 1}), 413, 0},
		{errors.New("a bug"), 500, 0},
	} {
		if got := statusOf(tt.err); got.status != tt.status || got.retryAfter != tt.retryAfter {
			t.Errorf("statusOf(%v) = %d, retry after %d s, want %d, %d s", tt.err, got.status, got.retryAfter, tt.status, tt.retryAfter)
		}
	}
}
