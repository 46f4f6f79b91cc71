package ratelimit

// SetMost sets how many rows there may be.
func (s *Service) SetMost(n int) { s.most = n }
