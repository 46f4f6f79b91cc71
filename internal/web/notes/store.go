package notes

import (
	"context"
	"errors"
	"time"
)

// Note is a note of a user.
type Note struct {
	ID        string
	UserID    string // whose it is
	Title     string
	Body      string // "" = only the title
	Version   int    // 1 when it is new; each change adds 1
	CreatedAt time.Time
	UpdatedAt time.Time
}

var (
	// ErrNotFound is a note that is not there, or not this user's: the two are not
	// told apart.
	ErrNotFound = errors.New("no such note")
	// ErrChanged is a note that somebody has changed since it was read.
	ErrChanged = errors.New("the note was changed meanwhile")
)

// Store keeps notes. Each method but List is one statement, or one transaction, and all
// of them look at the notes of one user. notestest.Run checks what is said here, on every
// database. Times come from the caller and are kept in milliseconds. What a method
// acknowledges is durable.
type Store interface {
	// Create adds a note.
	Create(ctx context.Context, n Note) error

	// Get returns a note. ErrNotFound if the user has no such note.
	Get(ctx context.Context, userID, id string) (Note, error)

	// List returns some of the user's notes, the latest change first, and how many
	// there are in all. It counts them first: one that is written in between may be in
	// the list and not in the number.
	List(ctx context.Context, userID string, offset, limit int) (list []Note, total int, err error)

	// Update writes title, body and UpdatedAt where the version is still n's, and adds 1
	// to it. ErrNotFound if the user has no such note, ErrChanged if it has another
	// version.
	Update(ctx context.Context, n Note) error

	// Delete deletes a note. ErrNotFound if the user has no such note.
	Delete(ctx context.Context, userID, id string) error
}
