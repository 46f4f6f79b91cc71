package auth

import "sync"

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
