package web

import (
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// devices are the pages on which users see and end their own sessions.
type devices struct{ *kit.Kit }

func (d devices) show(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	show, _ := strconv.Atoi(r.FormValue("show")) // anything else shows the first few
	live, total, err := d.Auth.Sessions(r.Context(), current.User.ID, auth.Page{Limit: views.DevicesShown(show) + 1, First: current.ID})
	if err != nil {
		return err
	}
	var signIns, failures []accounts.SignIn
	err = d.Beside(r, func(r *http.Request) (err error) {
		signIns, failures, err = d.Accounts.SignIns(r.Context(), current.User.ID)
		return err
	})
	if err != nil {
		return err
	}
	policy := d.Auth.Policy()
	return d.Render(w, r, http.StatusOK, views.Devices(d.PrivatePage(r), views.DevicesModel{
		Devices: kit.Devices(live, current.ID),
		Total:   total,
		Limit:   d.Auth.LimitOf(current.User),
		Policy:  string(policy),
		Show:    show,

		SignIns: signInsOf(signIns), Failures: signInsOf(failures),
	}))
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
	done := "The device is signed out."
	if n == 0 {
		done = "The device was signed out already."
	}
	if err := d.Flash(w, done); err != nil {
		return err
	}
	back := "/account/sessions"
	if show, err := strconv.Atoi(r.FormValue("show")); err == nil {
		back += "?show=" + strconv.Itoa(show)
	}
	// No fragment here: the browser carries over that of the form's action, which
	// keeps the place in the list (Fetch Standard, HTTP-redirect fetch).
	return kit.SeeOther(w, r, back)
}

func (d devices) endOthers(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	if _, err := d.Auth.End(r.Context(), auth.Selector{UserID: current.User.ID, Except: current.ID}, auth.ReasonEverywhere); err != nil {
		return err
	}
	if err := d.Flash(w, "All other devices are signed out."); err != nil {
		return err
	}
	return kit.SeeOther(w, r, "/account/sessions")
}

func (d devices) endAll(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	if _, err := d.Auth.End(r.Context(), auth.Selector{UserID: current.User.ID}, auth.ReasonEverywhere); err != nil {
		return err
	}
	// Somebody else may have used this browser: whatever it keeps of this site goes
	// (ASVS 14.3.1). A plain sign-out does without: it has to be quick.
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return d.signedOut(w, r, auth.ReasonEverywhere)
}

// signedOut is the answer to a user who has ended the session they are using.
func (d devices) signedOut(w http.ResponseWriter, r *http.Request, reason auth.Reason) error {
	if err := authhttp.ClearCookie(r.Context()); err != nil {
		return err
	}
	return endedHere(d.Kit, w, r, reason)
}
