package accounts

// HashWork is the work of all hashes so far, in KiB filled.
func (s *Service) HashWork() uint64 { return s.hasher.done.Load() }
