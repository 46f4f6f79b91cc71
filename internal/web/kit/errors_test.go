package kit

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
		{accounts.ErrBusy, 503, RetryBusy},
		{fmt.Errorf("login: %w: %w", auth.ErrUnavailable, errors.New("connection refused")), 503, RetryOutage},
		{fmt.Errorf("cookie: %w", auth.ErrTooLarge), 500, 0},
		{&Error{Status: 404}, 404, 0},
		{fmt.Errorf("read: %w", &http.MaxBytesError{Limit: 1}), 413, 0},
		{errors.New("a bug"), 500, 0},
	} {
		if got := StatusOf(tt.err); got.Status != tt.status || got.RetryAfter != tt.retryAfter {
			t.Errorf("StatusOf(%v) = %d, retry after %d s, want %d, %d s", tt.err, got.Status, got.RetryAfter, tt.status, tt.retryAfter)
		}
	}
}
