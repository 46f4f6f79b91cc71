package kit

import (
	"context"
	"net/http"
)

type refusedKey struct{}

// Refused marks a request that the server has refused with a status, since it could
// not be read: the site answers it with the page for that status.
func Refused(ctx context.Context, status int) context.Context {
	return context.WithValue(ctx, refusedKey{}, status)
}

func refusedStatus(ctx context.Context) int {
	status, _ := ctx.Value(refusedKey{}).(int)
	return status
}

// refused answers before anything in the request is believed.
func (k *Kit) refused(next http.Handler) http.Handler {
	return k.gate(next, func(r *http.Request) error {
		if status := refusedStatus(r.Context()); status != 0 {
			return &Error{Status: status}
		}
		return nil
	})
}
