package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/web/kit"
)

// health tells machines how this instance is.
type health struct {
	auth     *auth.Service               // whether it hears what ends
	ready    func(context.Context) error // whether the database takes writes and is migrated
	notes    func() []string             // what the database does without; nil = nothing
	stopping <-chan struct{}             // closed when the program is told to stop; nil = never
	log      *slog.Logger
}

// alive says that the process is alive, whatever else is not.
func (h health) alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	w.Write(isAlive) // an error means the reader is gone
}

var isAlive = []byte(`{"status":"alive"}`)

// usable says whether this instance should get requests: the database takes
// writes, its schema is the one this program was built for, the instance hears
// what ends elsewhere, and it has not been told to stop. Otherwise it says which of that is not so, in fixed words:
// anyone may ask, and what happened is in the log. The notes say what works less
// well than it could.
func (h health) usable(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	select {
	case <-h.stopping:
		unusable(w, map[string]string{"stopping": "it was told to stop, and answers what still comes"})
		return
	default:
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	err, age := h.ready(ctx), h.auth.EndingsAge()
	if parts := notReady(err, age); len(parts) > 0 {
		h.log.WarnContext(r.Context(), "not ready", "parts", parts, "error", err, "endings_age", age.Round(time.Millisecond))
		unusable(w, parts)
		return
	}
	answer := map[string]any{"status": "ready"}
	if h.notes != nil {
		if notes := h.notes(); len(notes) > 0 {
			answer["notes"] = notes
		}
	}
	kit.WriteJSON(w, http.StatusOK, answer)
}

func unusable(w http.ResponseWriter, parts map[string]string) {
	kit.WriteJSON(w, http.StatusServiceUnavailable, map[string]any{"status": "not ready", "not_ready": parts})
}

// outOfStep is how long an instance may hear nothing of what ends and count as in step:
// it asks every two seconds, and gives an answer five.
const outOfStep = 15 * time.Second

// notReady are the parts that keep this instance from being of use, by their names, with
// what is wrong with each.
func notReady(err error, endingsAge time.Duration) map[string]string {
	parts := map[string]string{}
	switch {
	case errors.Is(err, auth.ErrNotMigrated):
		parts["migrations"] = "the database does not have the schema of this release yet"
	case err != nil:
		parts["database"] = "it does not answer, or takes no writes"
	}
	if endingsAge > outOfStep {
		parts["endings"] = "this instance has not heard lately which sessions have ended"
	}
	return parts
}
