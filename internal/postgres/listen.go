package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
)

const (
	channel = "latchkey_sessions"
	// A payload is limited to 8000 bytes; this many ids with their frame take
	// less than 4000.
	idsPerNotice = 100
	// A connection that broke without a word is found out after at most this.
	keepAlive = 30 * time.Second
)

// notice is the payload of one notification: changes that have the time and
// the reason in common.
type notice struct {
	At    int64       `json:"at"` // unix milliseconds
	Ended auth.Reason `json:"ended,omitempty"`
	IDs   []string    `json:"ids"`
}

// notify tells the other instances, when the transaction commits. The changes
// have the time and the reason in common. Renewals must never come here:
// committing a NOTIFY takes a lock on the whole database.
func notify(ctx context.Context, tx pgx.Tx, changes []auth.Change) error {
	for some := range slices.Chunk(changes, idsPerNotice) {
		n := notice{At: some[0].At.UnixMilli(), Ended: some[0].Ended}
		for _, c := range some {
			n.IDs = append(n.IDs, c.SessionID)
		}
		payload, err := json.Marshal(n)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `SELECT pg_notify($1, $2)`, channel, string(payload)); err != nil {
			return err
		}
	}
	return nil
}

// Listen implements auth.Listener, on a connection of its own. It subscribes
// before it calls ready: what commits while ready loads its snapshot waits in
// the connection and is passed on after.
func (s *Store) Listen(ctx context.Context, ready func(context.Context) error, apply func(...auth.Change)) error {
	conn, err := pgx.ConnectConfig(ctx, s.direct)
	if err != nil {
		return failed("listen", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := subscribe(ctx, conn); err != nil {
		return failed("listen", err)
	}
	if err := ready(ctx); err != nil {
		return failed("listen", err)
	}
	for {
		changes, err := nextNotice(ctx, conn)
		if err != nil {
			return failed("listen", err)
		}
		apply(changes...)
	}
}

func subscribe(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	_, err := conn.Exec(ctx, `LISTEN `+channel)
	return err
}

// nextNotice waits for a notification, and from time to time makes sure that
// there is still someone who could send one. A payload that cannot be read is
// an error: the caller subscribes again and loads what it said.
func nextNotice(ctx context.Context, conn *pgx.Conn) ([]auth.Change, error) {
	wait, cancel := context.WithTimeout(ctx, keepAlive)
	defer cancel()
	n, err := conn.WaitForNotification(wait)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && !conn.IsClosed() {
		ping, cancel := context.WithTimeout(ctx, connectTimeout)
		defer cancel()
		return nil, conn.Ping(ping)
	}
	if err != nil {
		return nil, err
	}
	return readNotice(n.Payload)
}

func readNotice(payload string) ([]auth.Change, error) {
	var n notice
	if err := json.Unmarshal([]byte(payload), &n); err != nil {
		return nil, fmt.Errorf("a notification cannot be read: %w", err)
	}
	if n.At == 0 || len(n.IDs) == 0 { // from a release that speaks otherwise
		return nil, errors.New("a notification names no time or no session")
	}
	changes := make([]auth.Change, 0, len(n.IDs))
	for _, id := range n.IDs {
		changes = append(changes, auth.Change{SessionID: id, At: time.UnixMilli(n.At).UTC(), Ended: n.Ended})
	}
	return changes, nil
}
