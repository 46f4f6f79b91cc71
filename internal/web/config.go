package web

import (
	"context"

	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// Config is what the site is made of.
type Config struct {
	kit.Config
	Database          string                      // the database's name in words, for the front page
	Demo              *views.Demo                 // the seeded account that the sign-in page shows; nil in production
	PasswordMinLength int                         // shown with the sign-up form
	Stopping          <-chan struct{}             // closed when the program is told to stop, which ends the event streams and has /readyz say no; nil = never
	Ready             func(context.Context) error // whether the database answers and is migrated
	Notes             func() []string             // what the database does without, a sentence each, which /readyz repeats; nil = nothing
	Switches          map[string]bool             // which parts are on, by the names that Switches lists; a name that is missing = as the part has it
	Parts             []kit.Part                  // the project's own, beside those of parts.go; nil = none
}
