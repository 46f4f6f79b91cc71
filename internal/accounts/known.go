package accounts

import "slices"

// isKnown reports a sign-in that Config.Refused names.
func (s *Service) isKnown(email, nfc string) bool {
	return slices.Contains(s.cfg.Refused, KnownLogin{Email: email, Password: nfc})
}

// isKnownPassword reports a password that Config.Refused names, for whatever address.
func (s *Service) isKnownPassword(nfc string) bool {
	return slices.ContainsFunc(s.cfg.Refused, func(k KnownLogin) bool { return k.Password == nfc })
}
