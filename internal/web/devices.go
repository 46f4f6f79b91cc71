package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/mileusna/useragent"

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
	limit, policy := s.Auth.Limit()
	if own := current.User.MaxSessions; own != nil {
		limit = *own
	}
	return s.render(w, r, http.StatusOK, views.Devices(s.privatePage(r), views.DevicesModel{
		Devices: devicesOf(live, current.ID),
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
	return seeOther(w, r, "/account/sessions?done="+done)
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
		name, kind := describe(l.UserAgent)
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

// describe reads a User-Agent header in words such as "Firefox on Windows".
func describe(header string) (name, kind string) {
	ua := useragent.Parse(header)
	if ua.OS == useragent.Android && !strings.Contains(header, "Mobile") { // how browsers tell, and the parser does not
		ua.Mobile, ua.Tablet = false, true
	}
	system := systemWords(ua)
	switch {
	case ua.Tablet:
		kind = "tablet"
	case ua.Mobile:
		kind = "phone"
	case ua.Desktop:
		kind = "desktop"
	}
	switch {
	case ua.Name != "" && system != "":
		return fmt.Sprintf("%s on %s", ua.Name, system), kind
	case ua.Name != "" && len(ua.Name) <= 40:
		return ua.Name, kind
	}
	return "", kind
}

// systemWords says what its owner calls the thing in his hands.
func systemWords(ua useragent.UserAgent) string {
	switch {
	case ua.OS == useragent.IOS && ua.Tablet:
		return "iPad"
	case ua.OS == useragent.IOS:
		return "iPhone"
	case ua.OS == useragent.Android && ua.Tablet:
		return "Android tablet"
	case ua.OS == useragent.Android && ua.Mobile:
		return "Android phone"
	case ua.OS == useragent.MacOS:
		return "Mac"
	case ua.OS == useragent.ChromeOS:
		return "Chromebook"
	}
	return ua.OS
}
