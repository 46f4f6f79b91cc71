package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"latchkey/internal/web/kit"
)

// health tells machines how this instance is.
type health struct {
	ready func(context.Context) error // whether the database takes writes and is migrated
	notes func() []string             // what the database does without; nil = nothing
	log   *slog.Logger
}

// alive says that the process is alive, whatever else is not.
func (h health) alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json")
	w.Write(isAlive) // an error means the reader is gone
}

var isAlive = []byte(`{"status":"alive"}`)

// usable says whether this instance should get requests: the database takes
// writes and its schema is the one this program was built for. The notes say what
// works less well than it could.
func (h health) usable(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := h.ready(ctx); err != nil {
		h.log.WarnContext(r.Context(), "not ready", "error", err)
		kit.WriteJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "not ready"})
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
