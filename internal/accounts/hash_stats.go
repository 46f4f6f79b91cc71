package accounts

// HashStats is how busy the hashing of passwords is.
type HashStats struct {
	Slots   int    // hashes that are made at once, at most
	Running int    // that are being made
	Waiting int    // callers that wait for their turn
	Refused uint64 // callers refused since the start, with ErrBusy
}

// Hashing tells how busy the hashing of passwords is.
func (s *Service) Hashing() HashStats { return s.hasher.stats() }

func (h *Hasher) stats() HashStats {
	running := len(h.slots)
	return HashStats{cap(h.slots), running, max(0, len(h.places)-running), h.turned.Load()}
}
