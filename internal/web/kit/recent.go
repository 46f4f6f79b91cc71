package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/views"
)

// resumeAge is how long a form waits for its user to prove who they are.
const resumeAge = 10 * time.Minute

// ResumeField is the hidden field of the page at ReauthPath that holds a form which
// was on its way.
const ResumeField = "resume"

// ReauthPath asks for the password again.
const ReauthPath = "/reauth"

// RequireRecent lets in a user who has proved who they are within age, by a sign-in or
// at ReauthPath; a renewal of the session proves nothing. Others are asked for their
// password first (ASVS 7.5.1) and then go on where they were: a form that they had sent
// is carried out then. A program gets a 401 that says so (RFC 9470). It goes inside
// RequireUser.
func (k *Kit) RequireRecent(age time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return k.Handle(func(w http.ResponseWriter, r *http.Request) error {
			session := authhttp.FromContext(r.Context()).Session
			switch {
			case k.Auth.Now().Sub(session.AuthenticatedAt) < age:
				if err := k.resume(r, session.User); err != nil {
					return err
				}
				next.ServeHTTP(w, r)
				return nil
			case !wantsPage(r):
				return k.insufficient(w, r, age)
			case r.Method == http.MethodGet:
				return SeeOther(w, r, k.reauthPath(wanted(r)))
			}
			held, err := k.holdForm(r, session.User)
			if err != nil {
				return err
			}
			return k.Render(w, r, http.StatusForbidden, views.Reauth(k.PrivatePage(r), views.ReauthModel{
				Email: accounts.DisplayEmail(session.User.Email), CallbackURL: r.URL.Path, Resume: held,
			}))
		})
	}
}

// heldForm is a form that waits, sealed, in the page that asks for the password.
type heldForm struct {
	UserID string
	Path   string // with its query
	Body   string
	Until  int64 // Unix seconds
}

// holdForm seals the form of a request; "" = it is too long to be held, or no form.
func (k *Kit) holdForm(r *http.Request, u auth.User) (string, error) {
	b := boundsOf(r.Context())
	if b == nil || !b.whole || !isForm(r) || len(b.read) > SmallForm {
		return "", nil
	}
	text, err := json.Marshal(heldForm{u.ID, r.URL.RequestURI(), string(b.read), k.Auth.Now().Add(resumeAge).Unix()})
	if err != nil {
		return "", err
	}
	sealed, err := k.held.Seal(text)
	if errors.Is(err, authjs.ErrTooLarge) {
		return "", nil
	}
	return sealed, err
}

// openForm opens a form that this user has sent. ok is false if it is forged, somebody
// else's or too old.
func (k *Kit) openForm(sealed string, u auth.User) (form heldForm, ok bool) {
	text, err := k.held.Open(sealed)
	if err != nil || json.Unmarshal(text, &form) != nil {
		return heldForm{}, false
	}
	return form, form.UserID == u.ID && k.Auth.Now().Unix() <= form.Until
}

// ResumePath is where the form that waits in a field goes on.
func (k *Kit) ResumePath(sealed string, u auth.User) (path string, ok bool) {
	form, ok := k.openForm(sealed, u)
	return form.Path, ok
}

// resume puts the form that waited in the place of the one that carried it, the
// password in it included. Any other request stays as it is.
func (k *Kit) resume(r *http.Request, u auth.User) error {
	if r.Method != http.MethodPost || !isForm(r) {
		return nil
	}
	if err := ReadForm(r); err != nil {
		return err
	}
	sealed := r.PostForm.Get(ResumeField)
	if sealed == "" {
		return nil
	}
	form, ok := k.openForm(sealed, u)
	if !ok || form.Path != r.URL.RequestURI() {
		return &Error{Status: http.StatusUnprocessableEntity, Text: "This form waited for too long. Send it again."}
	}
	r.Form, r.PostForm = nil, nil
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(form.Body))), int64(len(form.Body))
	return nil
}

// insufficient answers a program whose user has to prove who they are once more.
func (k *Kit) insufficient(w http.ResponseWriter, r *http.Request, age time.Duration) error {
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Session realm=%q, error="insufficient_user_authentication", max_age=%d`, k.Origin(), int(age/time.Second)))
	if isHTMX(r) {
		at, _ := k.LocalPath(r.Header.Get("HX-Current-URL"))
		w.Header().Set("HX-Redirect", k.reauthPath(at))
	}
	return &Error{Status: http.StatusUnauthorized, Text: "Enter your password again first, at " + ReauthPath + "."}
}

func (k *Kit) reauthPath(callback string) string {
	return ReauthPath + "?" + url.Values{"callbackUrl": {callback}}.Encode()
}

// newHeld is nil without a secret, as in a test of the kit alone.
func newHeld(secrets []string) (*authjs.Sealer, error) {
	if len(secrets) == 0 {
		return nil, nil
	}
	return authjs.NewSealer("latchkey.held-form", secrets...)
}
