package views

import "net/url"

// SignInModel is the form for an existing account.
type SignInModel struct {
	Email       string // what was typed before; the password is never given back
	CallbackURL string // where to go afterwards; "": the handler's default
	Notice      string // why the reader is here, such as a sign-in elsewhere; "": none
	Errors      Errors // fields: email, password
	Ways        []Link // other ways to sign in; nil: none
	Demo        *Demo  // an account to try; nil: none, and always nil in production
}

// Demo is the seeded account of a development database.
type Demo struct{ Email, Password string }

// form asks for an email address and a password. A notice has the focus before
// the first field, or nobody would hear it.
func (m SignInModel) form() Form {
	return Form{
		Action:   "/signin",
		Callback: m.CallbackURL,
		Fields: []Field{
			{Name: "email", Label: "Email", Type: "email", Value: m.Email, Autocomplete: loginName},
			{Name: "password", Label: "Password", Type: "password", Autocomplete: "current-password"},
		},
		After:  Link{Label: "Forgot your password?", Href: withQuery("/forgot", m.Email, "")},
		Submit: Button{Label: "Sign in", Busy: "Signing in…", Size: "wide"},
		Errors: m.Errors,
		Begin:  m.Notice == "",
	}
}

// way is where another way to sign in leads, with what the user has typed.
func (m SignInModel) way(path string) string { return withQuery(path, m.Email, m.CallbackURL) }

// signInPath leads to the sign-in page, with what the user has typed and where
// they wanted to go.
func signInPath(email, callbackURL string) string { return withQuery("/signin", email, callbackURL) }

// signUpPath leads to the sign-up page, likewise.
func signUpPath(email, callbackURL string) string { return withQuery("/signup", email, callbackURL) }

func withQuery(path, email, callbackURL string) string {
	query := url.Values{}
	if email != "" {
		query.Set("email", email)
	}
	if callbackURL != "" {
		query.Set("callbackUrl", callbackURL)
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
