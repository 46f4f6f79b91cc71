package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// The codes with which a command ends.
const (
	exitDone   = 0
	exitFailed = 1 // it was understood, and not done: there is no such user, the database is away
	exitUsage  = 2 // it was not understood, or the configuration is not usable
)

// usageError is a command that was not understood.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// commandTime is how long a command may take, without what is typed in meanwhile.
const commandTime = 30 * time.Second

// parse reads flags, before and behind what is no flag, and returns that. There must be as
// many as want names.
func parse(name string, flags *flag.FlagSet, args []string, want ...string) ([]string, error) {
	flags.SetOutput(io.Discard)
	var plain []string
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return nil, usageError{fmt.Sprintf("web %s: %v", name, err)}
		}
		if args = flags.Args(); len(args) > 0 {
			plain, args = append(plain, args[0]), args[1:]
		}
	}
	if len(plain) != len(want) {
		return nil, usageError{strings.TrimSpace(fmt.Sprintf("usage: web %s %s", name, strings.Join(want, " ")))}
	}
	return plain, nil
}

func noFlags() *flag.FlagSet { return flag.NewFlagSet("", flag.ContinueOnError) }
