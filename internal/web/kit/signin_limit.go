package kit

import (
	"net/http"

	"latchkey/internal/auth"
	"latchkey/internal/views"
)

// SignInLimit answers a sign-in, of any kind, that would be one too many: it offers to
// sign out the other sessions. The confirmation in its form is as good as the proof was
// for two minutes, so the page is kept nowhere.
func (k *Kit) SignInLimit(w http.ResponseWriter, r *http.Request, full *auth.LimitError) error {
	return k.Render(w, r, http.StatusConflict, views.SignInLimit(k.Page(r), views.SignInLimitModel{
		Limit:       full.Limit,
		Devices:     Devices(full.Live, ""),
		Proof:       full.Confirmation,
		CallbackURL: r.PostFormValue("callbackUrl"),
	}))
}
