package main

import "context"

// An action is what an operator has the program do in the place of serving.
type action struct {
	name string // as it is typed, such as "user disable"
	args string // what follows it, such as "ADDRESS"
	says string // what it does, in a line
	more string // what else its help says; "" = nothing
	run  func(ctx context.Context, o *operator, args []string) error
}
