package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
)

const (
	channel = "latchkey_sessions"
	// A hint that cannot be sent within this time is left to the others' polls.
	hintTimeout = 5 * time.Second
	// A connection that broke without a word is found out after at most this.
	keepAlive = 30 * time.Second
)

// hint has the other instances look for these changes, which are committed. It
// never waits and never fails: a hint that is lost costs the others the time to
// their next poll. Hints that come while one is being sent are one hint.
//
// Renewals must never come here: committing a NOTIFY takes a lock on the whole
// database.
func (s *Store) hint(changes []auth.Change) {
	if len(changes) == 0 || s.mute {
		return
	}
	select {
	case s.hints <- struct{}{}:
	default:
	}
}

// sendHints sends what hint leaves, until the store closes and the last is sent.
func (s *Store) sendHints() {
	defer close(s.sent)
	for {
		select {
		case <-s.hints:
			s.sendHint()
		case <-s.closing:
			select {
			case <-s.hints:
				s.sendHint()
			default:
			}
			return
		}
	}
}

// sendHint notifies without a payload. Every role that may connect may also
// listen, and send the same: there is nothing in it to learn or to forge.
func (s *Store) sendHint() {
	ctx, cancel := context.WithTimeout(context.Background(), hintTimeout)
	defer cancel()
	if err := notify(ctx, s.pool, channel); err != nil {
		s.warn("other instances were not told to look; they find out by their next poll", err)
	}
}

func notify(ctx context.Context, q querier, channel string) error {
	var nothing any
	return q.QueryRow(ctx, `SELECT pg_notify($1, '')`, channel).Scan(&nothing)
}

// Listen implements auth.Listener, on a connection of its own. It subscribes
// before it calls ready: what commits while ready loads its snapshot waits in
// the connection as a hint.
func (s *Store) Listen(ctx context.Context, ready func(context.Context) error, hint func()) error {
	if s.deaf {
		<-ctx.Done()
		return ctx.Err()
	}
	conn, err := s.subscribe(ctx, channel)
	if err != nil {
		return Error("listen", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := ready(ctx); err != nil {
		return Error("listen", err)
	}
	for {
		notified, err := nextNotification(ctx, conn)
		if err != nil {
			return Error("listen", err)
		}
		if notified {
			hint()
		}
	}
}

// subscribe returns a direct connection that listens on the channel.
func (s *Store) subscribe(ctx context.Context, channel string) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, s.direct)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, `LISTEN `+channel); err != nil {
		conn.Close(ctx)
		return nil, err
	}
	return conn, nil
}

// nextNotification waits for a notification, and from time to time makes sure
// that there is still a server that could send one. What the notification says
// does not matter.
func nextNotification(ctx context.Context, conn *pgx.Conn) (notified bool, err error) {
	wait, cancel := context.WithTimeout(ctx, keepAlive)
	defer cancel()
	_, err = conn.WaitForNotification(wait)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && !conn.IsClosed() {
		ping, cancel := context.WithTimeout(ctx, connectTimeout)
		defer cancel()
		return false, conn.Ping(ping)
	}
	return err == nil, err
}
