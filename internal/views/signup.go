package views

import "fmt"

// SignUpModel is the form for a new account.
type SignUpModel struct {
	Name, Email string // what was typed before; the password is never given back
	CallbackURL string // where to go afterwards; "": the handler's default
	MinLength   int    // fewest characters of a password; 0: not mentioned
	Errors      Errors // fields: name, email, password
	EmailTaken  bool   // the address has an account: the way to it is offered
}

// form asks for what an account needs.
func (m SignUpModel) form() Form {
	email := Field{Name: "email", Label: "Email", Type: "email", Value: m.Email, Autocomplete: loginName}
	if m.EmailTaken {
		email.Fix = Link{Label: "Sign in instead", Href: signInPath(m.Email, m.CallbackURL)}
	}
	return Form{
		Action:   "/signup",
		Callback: m.CallbackURL,
		Fields: []Field{
			{Name: "name", Label: "Name", Value: m.Name, Autocomplete: "name", Optional: true},
			email,
			{
				Name: "password", Label: "Password", Type: "password", Autocomplete: "new-password",
				Hint: passwordHint(m.MinLength), MinLength: m.MinLength,
			},
		},
		Submit: Button{Label: "Create account", Busy: "Creating your account…", Size: "wide"},
		Errors: m.Errors,
		Begin:  true,
	}
}

// passwordHint states the real minimum, and advice that works.
func passwordHint(minLength int) string {
	const advice = "A few unrelated words are easy to remember and hard to guess."
	if minLength <= 0 {
		return advice
	}
	return fmt.Sprintf("At least %d characters. %s", minLength, advice)
}
