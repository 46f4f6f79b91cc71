package authapi

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/ratelimit"
	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// credentials is the one provider: email and password.
const credentials = "credentials"

// giveCSRF hands out the token that the unsafe endpoints want.
func (p *part) giveCSRF(a *action) error {
	token, ok := "", false
	if c, err := a.r.Cookie(authjs.CSRFCookieName(p.HTTPS())); err == nil {
		token, ok = p.csrf.Open(c.Value)
	}
	if !ok {
		var value string
		token, value = p.csrf.Mint()
		a.setCookie(authjs.CSRFCookieName(p.HTTPS()), value)
	}
	kit.NoStore(a.w.Header())
	return kit.WriteJSON(a.w, http.StatusOK, map[string]string{"csrfToken": token})
}

// providers lists the ways to sign in.
func (p *part) providers(a *action) error {
	return kit.WriteJSON(a.w, http.StatusOK, map[string]any{credentials: map[string]string{
		"id": credentials, "name": "Credentials", "type": "credentials",
		"signinUrl":   a.url("signin/" + credentials),
		"callbackUrl": a.url("callback/" + credentials),
	}})
}

// signInPage leads to our own page, with what it has to say.
func (p *part) signInPage(a *action) error {
	query := url.Values{"callbackUrl": {a.callback}}
	for _, name := range []string{"error", "code"} {
		if v := a.r.URL.Query().Get(name); v != "" {
			query.Set(name, v)
		}
	}
	return a.redirect(p.absolute("/signin?" + query.Encode()))
}

// signInStart begins a sign-in. One by password begins with its form.
func (p *part) signInStart(a *action) error {
	if err := a.checkCSRF(); err != nil {
		return a.refuse(a.url("signin", "error", "MissingCSRF"))
	}
	if p := chi.URLParam(a.r, "provider"); p != "" && p != credentials {
		return a.refuse(a.url("error", "error", "Configuration"))
	}
	return a.redirect(a.url("signin"))
}

// callback signs in with email and password.
func (p *part) callback(a *action) error {
	if chi.URLParam(a.r, "provider") != credentials || a.r.Method != http.MethodPost {
		return a.refuse(a.url("error", "error", "Configuration"))
	}
	if err := a.checkCSRF(); err != nil {
		return a.refuse(a.url("signin", "error", "MissingCSRF"))
	}
	issued, err := p.Accounts.Login(a.r.Context(), accounts.Credentials{
		Email:    a.fields["email"],
		Password: a.fields["password"],
		Client:   kit.ClientOf(a.r),
		Current:  authhttp.FromContext(a.r.Context()).Session,
	})
	if err != nil {
		return a.refuseSignIn(err)
	}
	if err := authhttp.SetCookie(a.r.Context(), issued); err != nil {
		return err
	}
	return a.redirect(a.callback)
}

// refuseSignIn puts a failed sign-in into Auth.js's error types and codes. Only
// an outage is an HTTP error: to the stock client anything else but 200 is
// unreadable.
func (a *action) refuseSignIn(err error) error {
	code := "credentials"
	limited, isLimited := errors.AsType[*ratelimit.Error](err)
	switch {
	case isLimited:
		code = "rate_limited"
		a.w.Header().Set("Retry-After", strconv.Itoa(kit.RetryAfter(limited.Wait)))
	case errors.Is(err, accounts.ErrCredentials):
	case errors.Is(err, auth.ErrSessionLimit):
		code = "session_limit"
	case errors.Is(err, accounts.ErrBusy):
		code = "rate_limited"
		a.w.Header().Set("Retry-After", strconv.Itoa(kit.RetryBusy))
	case errors.Is(err, auth.ErrTooLarge):
		a.part.Log.ErrorContext(a.r.Context(), "sign-in refused: the user's profile does not fit the session cookies", "error", err)
		return a.refuse(a.url("error", "error", "Configuration"))
	default:
		return err
	}
	return a.refuse(a.url("signin", "error", "CredentialsSignin", "code", code))
}

// signOutPage leads to our own page.
func (p *part) signOutPage(a *action) error { return a.redirect(p.absolute("/signout")) }

// signOut does what the page's button does. When the database cannot be
// asked it clears this browser and answers 503: the session may live on.
func (p *part) signOut(a *action) error {
	if err := a.checkCSRF(); err != nil {
		return a.refuse(a.url("signin", "error", "MissingCSRF"))
	}
	if err := authhttp.SignOut(a.r.Context()); err != nil {
		return err
	}
	return a.redirect(a.callback)
}

// showError shows an error on a page of ours. An address is no failure of this
// site: Configuration is 400 here and 500 in Auth.js, since anyone can send it.
func (p *part) showError(a *action) error {
	status, model := http.StatusOK, views.ErrorPageModel{
		Title: "Sign-in failed",
		Text:  "Something went wrong. Try to sign in again.",
	}
	switch a.r.URL.Query().Get("error") {
	case "Configuration":
		status = http.StatusBadRequest
		model.Text = "If it goes on like this, this site isn't set up correctly. Its operator finds more in the log."
	case "AccessDenied":
		status = http.StatusForbidden
		model.Title, model.Text = "You can't sign in here", "This account has no access to this site."
	case "Verification":
		status = http.StatusForbidden
		model.Title, model.Text = "This link has expired", "It was used before, or it is too old. Ask for a new one."
	}
	p.Log.InfoContext(a.r.Context(), "error page of a sign-in shown", "status", status)
	model.Status, model.RequestID, model.Again = status, kit.RequestID(a.r.Context()), "/signin"
	return p.Render(a.w, a.r, status, views.ErrorPage(p.Page(a.r), model))
}
