// Package mail sends mail: what is to be sent waits in a table of the database, so
// that it survives a restart and is written together with what it tells of. It knows
// no users and no pages.
package mail

import "time"

// Message is a mail to one reader.
type Message struct {
	To      string // an address, canonical
	Subject string // one line
	Text    string
	HTML    string
}

// Queued is a message that waits in the outbox. Its content is sealed: a link in it
// must be of no use to a reader of the database.
type Queued struct {
	ID      string
	To      string
	Sealed  string // a Message; see Sealer
	At      time.Time
	NextTry time.Time // not before; zero = it is never sent, only shown in development's mailbox
	Tries   int       // that have failed
}
