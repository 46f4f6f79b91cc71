package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// devices are the pages on which users see and end their own sessions.
type devices struct{ *kit.Kit }

func (d devices) show(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	live, err := d.Auth.Sessions(r.Context(), current.User.ID)
	if err != nil {
		return err
	}
	limit, policy := d.Auth.Limit()
	if own := current.User.MaxSessions; own != nil {
		limit = *own
	}
	return d.Render(w, r, http.StatusOK, views.Devices(d.PrivatePage(r), views.DevicesModel{
		Devices: kit.Devices(live, current.ID),
		Limit:   limit,
		Policy:  string(policy),
		Notice:  deviceNotices[r.FormValue("done")],
	}))
}

var deviceNotices = map[string]string{
	"one":    "That device is signed out.",
	"none":   "That device was signed out already.",
	"others": "All other devices are signed out.",
}

// end signs out one device, which may be this one.
func (d devices) end(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	id := chi.URLParam(r, "id")
	reason := auth.ReasonDevice
	if id == current.ID {
		reason = auth.ReasonSignedOut
	}
	n, err := d.Auth.End(r.Context(), auth.Selector{UserID: current.User.ID, SessionID: id}, reason)
	if err != nil {
		return err
	}
	if id == current.ID {
		return d.signedOut(w, r, reason)
	}
	done := "one"
	if n == 0 {
		done = "none"
	}
	return kit.SeeOther(w, r, "/account/sessions?done="+done)
}

func (d devices) endOthers(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	if _, err := d.Auth.End(r.Context(), auth.Selector{UserID: current.User.ID, Except: current.ID}, auth.ReasonEverywhere); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/account/sessions?done=others")
}

func (d devices) endAll(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	if _, err := d.Auth.End(r.Context(), auth.Selector{UserID: current.User.ID}, auth.ReasonEverywhere); err != nil {
		return err
	}
	return d.signedOut(w, r, auth.ReasonEverywhere)
}

// signedOut is the answer to who has ended the session he is using.
func (d devices) signedOut(w http.ResponseWriter, r *http.Request, reason auth.Reason) error {
	authhttp.ClearCookie(r.Context())
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return kit.SeeOther(w, r, "/signin?reason="+string(reason))
}
