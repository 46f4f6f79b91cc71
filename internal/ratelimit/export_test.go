package ratelimit

// SetMost sets how many rows there may be.
func (s *Service) SetMost(n int) { s.most = n }

// SetStore puts another store in the place of the one it has.
func (s *Service) SetStore(store Store) { s.store = store }
