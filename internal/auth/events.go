package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
)

// Event is something that matters to security.
type Event struct {
	Name      string // one of those in event_names.go
	UserID    string // whom it is about; "" = no account
	SessionID string // "" = no session
	Details   []any  // more as in slog: name, value, …; nil = nothing more
}

// Events takes note of security events: in the log, in metrics, in a table.
type Events interface {
	Record(ctx context.Context, e Event)
}

// LogEvents writes one log line for each event. Request id and client address
// come from the context's log handler.
func LogEvents(log *slog.Logger) Events { return logEvents{log} }

type logEvents struct{ log *slog.Logger }

// Record implements Events.
func (l logEvents) Record(ctx context.Context, e Event) {
	args := []any{"event", e.Name, "user", e.UserID}
	if e.SessionID != "" {
		args = append(args, "session", logID(e.SessionID))
	}
	l.log.Log(ctx, levelOf(e.Name), "security", append(args, e.Details...)...)
}

// By returns events that say who does what they tell of. Without, it is the user.
func By(actor string, to Events) Events { return byActor{actor, to} }

type byActor struct {
	actor string
	to    Events
}

// Record implements Events.
func (b byActor) Record(ctx context.Context, e Event) {
	e.Details = append([]any{"actor", b.actor}, e.Details...)
	b.to.Record(ctx, e)
}

// logID stands for a session in logs, which are read by more people than the
// database is (OWASP Session Management: log a hash of the id).
func logID(sessionID string) string {
	sum := sha256.Sum256([]byte(sessionID))
	return hex.EncodeToString(sum[:6])
}
