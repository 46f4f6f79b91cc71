package accounts

import "context"

// HashWork is the work of all hashes so far, in KiB filled.
func (s *Service) HashWork() uint64 { return s.hasher.done.Load() }

// Collect is one round of Run.
func (s *Service) Collect(ctx context.Context) { s.collect(ctx) }
