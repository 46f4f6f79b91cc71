package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/views"
)

func (s *site) devices(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	live, err := s.Auth.Sessions(r.Context(), current.User.ID)
	if err != nil {
		return err
	}
	_, policy := s.Auth.Limit()
	show, _ := strconv.Atoi(r.FormValue("show")) // anything else shows the first few
	p := s.privatePage(r)
	p.Toast = deviceNotices[r.FormValue("done")]
	return s.render(w, r, http.StatusOK, views.Devices(p, views.DevicesModel{
		Devices: devicesOf(live, current.ID),
		Limit:   s.limitOf(current.User),
		Policy:  string(policy),
		Show:    show,
	}))
}

// limitOf is how many sessions a user may have at once; 0 = any number.
func (s *site) limitOf(u auth.User) int {
	if u.MaxSessions != nil {
		return *u.MaxSessions
	}
	limit, _ := s.Auth.Limit()
	return limit
}

var deviceNotices = map[string]string{
	"one":    "The device is signed out.",
	"none":   "The device was signed out already.",
	"others": "All other devices are signed out.",
}

// endDevice signs out one device, which may be this one.
func (s *site) endDevice(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	id := chi.URLParam(r, "id")
	reason := auth.ReasonDevice
	if id == current.ID {
		reason = auth.ReasonSignedOut
	}
	n, err := s.Auth.End(r.Context(), auth.Selector{UserID: current.User.ID, SessionID: id}, reason)
	if err != nil {
		return err
	}
	if id == current.ID {
		return s.signedOut(w, r, reason)
	}
	done := "one"
	if n == 0 {
		done = "none"
	}
	query := url.Values{"done": {done}}
	if show, err := strconv.Atoi(r.FormValue("show")); err == nil {
		query.Set("show", strconv.Itoa(show))
	}
	// No fragment here: the browser carries over that of the form's action, which
	// keeps the place in the list (Fetch Standard, HTTP-redirect fetch).
	return seeOther(w, r, "/account/sessions?"+query.Encode())
}

func (s *site) endOthers(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	if _, err := s.Auth.End(r.Context(), auth.Selector{UserID: current.User.ID, Except: current.ID}, auth.ReasonEverywhere); err != nil {
		return err
	}
	return seeOther(w, r, "/account/sessions?done=others")
}

func (s *site) endAll(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	if _, err := s.Auth.End(r.Context(), auth.Selector{UserID: current.User.ID}, auth.ReasonEverywhere); err != nil {
		return err
	}
	return s.signedOut(w, r, auth.ReasonEverywhere)
}

// signedOut is the answer to who has ended the session he is using.
func (s *site) signedOut(w http.ResponseWriter, r *http.Request, reason auth.Reason) error {
	authhttp.ClearCookie(r.Context())
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return seeOther(w, r, "/signin?reason="+string(reason))
}

// devicesOf puts sessions into words, this one first, then the last used.
func devicesOf(live []auth.Session, currentID string) []views.Device {
	devices := make([]views.Device, 0, len(live))
	for _, l := range live {
		name, kind := deviceOf(l.UserAgent)
		devices = append(devices, views.Device{
			ID: l.ID, Name: name, Kind: kind, IP: l.IP,
			SignedIn: l.CreatedAt, LastSeen: l.LastSeenAt, Current: l.ID == currentID,
		})
	}
	slices.SortStableFunc(devices, func(a, b views.Device) int {
		if a.Current != b.Current {
			return cmp.Compare(b2i(b.Current), b2i(a.Current))
		}
		return b.LastSeen.Compare(a.LastSeen)
	})
	return devices
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
