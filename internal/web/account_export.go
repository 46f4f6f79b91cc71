package web

import (
	"net/http"
	"slices"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/web/kit"
)

// accountExport gives users what is kept about them (GDPR, article 20).
type accountExport struct{ *kit.Kit }

// exported is the file. It holds no password hash and nothing that signs in. What parts
// keep is below their names.
type exported struct {
	ExportedAt time.Time         `json:"exportedAt"`
	Account    exportedAccount   `json:"account"`
	Sessions   []exportedSession `json:"sessions"`
	SignIns    []exportedSignIn  `json:"signIns"`
	Parts      map[string]any    `json:"parts,omitempty"`
}

type exportedAccount struct {
	ID              string       `json:"id"`
	Email           string       `json:"email"`
	EmailVerifiedAt *time.Time   `json:"emailVerifiedAt"`
	Name            string       `json:"name"`
	Image           string       `json:"image"`
	Profile         auth.Profile `json:"profile"`
	CreatedAt       time.Time    `json:"createdAt"`
	UpdatedAt       time.Time    `json:"updatedAt"`
}

type exportedSession struct {
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt"`
	ExpiresAt  time.Time `json:"expiresAt"`
	IP         string    `json:"ip"`
	UserAgent  string    `json:"userAgent"`
	Method     string    `json:"method"`
	Current    bool      `json:"current"`
}

type exportedSignIn struct {
	At        time.Time `json:"at"`
	Failed    bool      `json:"failed"`
	Times     int       `json:"times"`
	IP        string    `json:"ip"`
	UserAgent string    `json:"userAgent"`
	Method    string    `json:"method"`
}

func (a accountExport) file(w http.ResponseWriter, r *http.Request) error {
	current := authhttp.FromContext(r.Context()).Session
	u := current.User
	live, _, err := a.Auth.Sessions(r.Context(), u.ID, auth.Page{Limit: auth.MostSessions})
	if err != nil {
		return err
	}
	signIns, failures, err := a.Accounts.SignIns(r.Context(), u.ID)
	if err != nil {
		return err
	}
	parts, err := a.ExportParts(r.Context(), u.ID)
	if err != nil {
		return err
	}
	file := exported{
		ExportedAt: a.Auth.Now().UTC(),
		Account:    exportedAccount{u.ID, u.Email, stampOrNull(u.EmailVerifiedAt), u.Name, u.Image, u.Profile, u.CreatedAt, u.UpdatedAt},
		Sessions:   []exportedSession{},
		SignIns:    []exportedSignIn{},
		Parts:      parts,
	}
	for _, s := range live {
		file.Sessions = append(file.Sessions, exportedSession{
			s.CreatedAt, s.LastSeenAt, s.ExpiresAt, s.IP, s.UserAgent, string(s.Method), s.ID == current.ID,
		})
	}
	for _, in := range slices.Concat(signIns, failures) {
		file.SignIns = append(file.SignIns, exportedSignIn{in.At, in.Failed, in.Times, in.IP, in.UserAgent, string(in.Method)})
	}
	a.Auth.Record(r.Context(), auth.Event{Name: auth.EventDataRead, UserID: u.ID, SessionID: current.ID, Details: []any{"object", "export"}})
	kit.Private(w.Header())
	w.Header().Set("Content-Disposition", `attachment; filename="account.json"`)
	return kit.WriteJSON(w, http.StatusOK, file)
}

func stampOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
