package authhttp

import (
	"context"
	"errors"
)

// SignOut ends the session of the request, if it has one, and has the browser
// forget it in any case. An error means that this is all that happened: the
// database could not be asked.
func SignOut(ctx context.Context) error {
	r := requestOf(ctx)
	err := r.result.Err
	if err == nil && r.edge != nil {
		err = r.edge.Sessions.SignOut(ctx, r.value)
	}
	return errors.Join(err, ClearCookie(ctx))
}
