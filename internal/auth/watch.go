package auth

import "context"

// Watch returns a channel that gets a value when this instance learns something
// of the session: it has ended, or what it shows of its user has changed. The
// value says only that it is time to ask; what is true is for Authenticate to
// say, by the cookie that the browser has then. A value that was not taken yet is
// not doubled. The watch is over when ctx ends. ErrTooManyWatches if there are.
//
// An ending between the authentication of the request and this call is not
// missed. A session's expiry is no news: nothing happens at that moment.
func (s *Service) Watch(ctx context.Context, session Session) (<-chan struct{}, error) {
	news := make(chan struct{}, 1)
	if err := s.watches.add(session, news); err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { s.watches.remove(session, news) })
	if _, ended := s.endings.Ended(session.ID); ended { // before the watch was there to be told
		signal(news)
	}
	return news, nil
}

// Watches is how many watches are open on this instance.
func (s *Service) Watches() int {
	s.watches.mu.Lock()
	defer s.watches.mu.Unlock()
	return s.watches.total
}
