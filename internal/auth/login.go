package auth

// Login is a user who has just proved who they are, and the browser in which
// they did.
type Login struct {
	UserID  string
	Method  Method
	Client  Client
	Current Session // the live session this browser already has, which the new one replaces; zero = none

	// Credential is CredentialOf the password hash that was verified. Begin looks,
	// under the user's lock, whether it is still theirs. "" = no password was.
	Credential string
}

// Issued is a session together with the cookie that carries it.
type Issued struct {
	Session Session
	Cookie  string // the cookie's value: never log it
}
