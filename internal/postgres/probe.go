package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// probeTimeout is how long Open waits for its own notification to arrive.
const probeTimeout = 2 * time.Second

// probe finds out whether a notification that is sent by the pool arrives at a
// direct connection. Nothing depends on it: without, the other instances find
// out by their polls, as they would after a hint that was lost.
func (s *Store) probe(ctx context.Context) {
	probe := "latchkey_probe_" + strings.ToLower(rand.Text())
	err := s.echo(ctx, probe)
	_, refused := errors.AsType[*pgconn.PgError](err)
	switch {
	case err == nil:
	case refused:
		s.deaf = true
		s.note(fmt.Sprintf("the database refuses notifications (%v): a sign-out reaches the other instances within two seconds instead of at once", err))
	case errors.Is(err, errNoEcho):
		s.deaf = true
		s.note("notifications do not arrive, as through a pooler: a sign-out reaches the other instances within two seconds " +
			"instead of at once; DATABASE_LISTEN_URL may name a direct connection")
	default: // the connection failed: Listen tries again
		s.warn("cannot listen for notifications yet", err)
	}
}

var errNoEcho = errors.New("the notification did not arrive")

// echo notifies and listens on a channel that nobody else uses.
func (s *Store) echo(ctx context.Context, channel string) error {
	conn, err := s.subscribe(ctx, channel)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := notify(ctx, s.pool, channel); err != nil {
		_, s.mute = errors.AsType[*pgconn.PgError](err)
		return err
	}
	wait, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	_, err = conn.WaitForNotification(wait)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return errNoEcho
	}
	return err
}

// Notes says in what the database, or the way to it, differs from what the
// store would like, a sentence each; nil = in nothing. It can grow while the
// program runs.
func (s *Store) Notes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.notes)
}

// note takes a note, once, and says it in the log.
func (s *Store) note(text string) {
	s.mu.Lock()
	known := slices.Contains(s.notes, text)
	if !known {
		s.notes = append(s.notes, text)
	}
	s.mu.Unlock()
	if !known {
		s.log.Warn("database: " + text)
	}
}

// warnEvery bounds what a failure that goes on writes to the log.
const warnEvery = time.Minute

// warn logs a failure that nothing depends on, once a minute at most.
func (s *Store) warn(what string, err error) {
	s.mu.Lock()
	due := time.Since(s.warned) >= warnEvery
	if due {
		s.warned = time.Now()
	}
	s.mu.Unlock()
	if due {
		s.log.Warn(what, slog.Any("error", err))
	}
}
