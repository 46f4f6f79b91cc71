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
	ready func(context.Context) error // whether the database answers and is migrated
	log   *slog.Logger
}

// alive says that the process is alive, whatever else is not.
func (h health) alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	kit.WriteJSON(w, http.StatusOK, map[string]string{"status": "alive"})
}

// usable says whether this instance should get requests: the database answers
// and its schema is the one this program was built for.
func (h health) usable(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := h.ready(ctx); err != nil {
		h.log.WarnContext(r.Context(), "not ready", "error", err)
		kit.WriteJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "not ready"})
		return
	}
	kit.WriteJSON(w, http.StatusOK, map[string]string{"status": "ready"})
}
