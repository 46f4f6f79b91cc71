package accounts

import (
	"context"
	"errors"
	"strings"
	"time"

	"latchkey/internal/auth"
)

const failureTimeout = 5 * time.Second // to write one

// failed has a wrong password noted in the account's history, if there is one. It does not
// wait for the database: the time would tell an account from none.
func (s *Service) failed(userID string, client auth.Client) {
	if s.cfg.History == nil || userID == "" {
		return
	}
	select {
	case s.failures <- failure{userID, SignIn{At: s.cfg.Sessions.Now(), Failed: true, Times: 1, IP: client.IP, UserAgent: shortAgent(client.UserAgent)}}:
	default:
	}
}

// shortAgent is a User-Agent header as a database takes it, and not more than 512 bytes.
func shortAgent(header string) string {
	return strings.ToValidUTF8(header[:min(len(header), 512)], "")
}

// Settle writes the failures down that wait. Run does so by itself.
func (s *Service) Settle(ctx context.Context) {
	for {
		select {
		case f := <-s.failures:
			s.write(ctx, f)
		default:
			return
		}
	}
}

func (s *Service) write(ctx context.Context, f failure) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), failureTimeout)
	defer cancel()
	err := s.cfg.History.AddSignIn(ctx, f.userID, f.in, nil)
	if err != nil && !errors.Is(err, auth.ErrNotFound) {
		s.cfg.Log.WarnContext(ctx, "a failed sign-in is not in the user's history", "user", f.userID, "error", err)
	}
}
