package lab

import (
	"net/http"
	"time"

	"latchkey/internal/auth/authhttp"
	"latchkey/internal/web/kit"
)

// wantsJSON reports an act that lab.js sends.
func wantsJSON(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

// told is the answer to an act of lab.js.
type told struct {
	Said    string `json:"said"`
	DropFor int64  `json:"dropFor,omitempty"` // milliseconds for which the connection is lost
}

// back says what has been done: to lab.js at once, and else on the page that comes next.
func (l *lab) back(w http.ResponseWriter, r *http.Request, done string) error {
	if wantsJSON(r) {
		kit.Private(w.Header())
		left := l.drops.left(authhttp.FromContext(r.Context()).Session.ID)
		return kit.WriteJSON(w, http.StatusOK, told{notices[done], int64(left / time.Millisecond)})
	}
	if err := l.Flash(w, notices[done]); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/lab")
}
