package auth

import (
	"context"
	"sync"
)

// watchBoard keeps the open watches of each session.
type watchBoard struct {
	most, mostPerUser int

	mu      sync.Mutex
	waiting map[string]map[chan struct{}]bool // by session id
	ofUser  map[string]int                    // how many, by user id
	total   int
}

func newWatchBoard(most, mostPerUser int) *watchBoard {
	return &watchBoard{
		most: most, mostPerUser: mostPerUser,
		waiting: map[string]map[chan struct{}]bool{}, ofUser: map[string]int{},
	}
}

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

func (b *watchBoard) add(session Session, news chan struct{}) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.total >= b.most || b.ofUser[session.User.ID] >= b.mostPerUser {
		return ErrTooManyWatches
	}
	if b.waiting[session.ID] == nil {
		b.waiting[session.ID] = map[chan struct{}]bool{}
	}
	b.waiting[session.ID][news] = true
	b.ofUser[session.User.ID]++
	b.total++
	return nil
}

func (b *watchBoard) remove(session Session, news chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total--
	if delete(b.waiting[session.ID], news); len(b.waiting[session.ID]) == 0 {
		delete(b.waiting, session.ID)
	}
	if b.ofUser[session.User.ID]--; b.ofUser[session.User.ID] == 0 {
		delete(b.ofUser, session.User.ID)
	}
}

// notify tells the watches of the session. It never waits: Endings calls it while
// a login or a sign-out is being answered.
func (b *watchBoard) notify(sessionID string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for news := range b.waiting[sessionID] {
		signal(news)
	}
}

// signal leaves a value in the channel, unless there is one already.
func signal(news chan struct{}) {
	select {
	case news <- struct{}{}:
	default:
	}
}
