package accounts

import "slices"

// A KnownLogin is an address and a password that anyone can read, such as the
// demo user's in the source of this program.
type KnownLogin struct {
	Email    string // canonical
	Password string
}

// isKnown reports a sign-in that Config.Refused names.
func (s *Service) isKnown(email, nfc string) bool {
	return slices.Contains(s.cfg.Refused, KnownLogin{Email: email, Password: nfc})
}

// isKnownPassword reports a password that Config.Refused names, for whatever address.
func (s *Service) isKnownPassword(nfc string) bool {
	return slices.ContainsFunc(s.cfg.Refused, func(k KnownLogin) bool { return k.Password == nfc })
}
