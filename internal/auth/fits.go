package auth

// Fits is asked before something is written that sessions of the user will carry: the next
// sign-in would be refused. ErrTooLarge tells the sizes. Opaque tokens always fit.
func (s *Service) Fits(u User) error {
	session := s.newSession(Login{UserID: u.ID, Method: MethodPassword}, "")
	session.User = u
	_, err := s.issue(session, "an opaque token, which is as long for every user")
	return err
}
