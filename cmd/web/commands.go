package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// actions are all that the program can do beside serving, in the order of the help.
func actions() []action {
	return slices.Concat(userActions, []action{endSessions}, migrateActions, []action{makeSecretAction, checkAction})
}

var errTooLong = fmt.Errorf("it has taken longer than %s and was given up: does the database answer? web check tries it", commandTime)

// operate carries out what the arguments say, and returns the exit code.
func operate(args []string) int {
	ctx, giveUp := context.WithCancelCause(context.Background())
	o := &operator{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, clock: time.AfterFunc(commandTime, func() { giveUp(errTooLong) })}
	defer o.close()
	err := dispatch(ctx, o, args)
	if err == nil {
		return exitDone
	}
	if context.Cause(ctx) == errTooLong {
		err = errTooLong
	}
	fmt.Fprintln(o.stderr, "latchkey:", err)
	if _, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintln(o.stderr, "web help says what there is.")
		return exitUsage
	}
	if _, ok := errors.AsType[configError](err); ok {
		return exitUsage
	}
	return exitFailed
}

func dispatch(ctx context.Context, o *operator, args []string) error {
	if asksHelp(args[0]) || args[0] == "help" {
		return help(o.stdout, withoutHelp(args))
	}
	a, rest, err := find(args)
	if err != nil {
		if slices.ContainsFunc(args, asksHelp) {
			return help(o.stdout, withoutHelp(args))
		}
		return err
	}
	if slices.ContainsFunc(rest, asksHelp) {
		return help(o.stdout, strings.Fields(a.name))
	}
	return a.run(ctx, o, rest)
}

func asksHelp(arg string) bool { return slices.Contains([]string{"-h", "-help", "--help"}, arg) }

func withoutHelp(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return asksHelp(arg) || arg == "help" })
}

// find returns the action that the arguments name, and what follows its name.
func find(args []string) (action, []string, error) {
	var names []string
	for _, a := range actions() {
		words := strings.Fields(a.name)
		if len(args) >= len(words) && slices.Equal(words, args[:len(words)]) {
			return a, args[len(words):], nil
		}
		names = append(names, strings.Join(words, " "))
	}
	typed := strings.Join(args[:min(len(args), 2)], " ")
	for _, name := range names {
		if distance(name, typed) <= 2 || distance(name, args[0]) <= 2 {
			return action{}, nil, usageError{fmt.Sprintf("there is no command %q: did you mean web %s?", typed, name)}
		}
	}
	if known := under(args[0]); len(known) > 0 {
		return action{}, nil, usageError{fmt.Sprintf("web %s: what? There is %s.", args[0], strings.Join(known, ", "))}
	}
	return action{}, nil, usageError{fmt.Sprintf("there is no command %q", typed)}
}

// under are the actions whose names begin with a word.
func under(word string) (names []string) {
	for _, a := range actions() {
		if strings.HasPrefix(a.name, word+" ") {
			names = append(names, "web "+a.name)
		}
	}
	return names
}

// help describes one action, those of a word, or all.
func help(w io.Writer, words []string) error {
	name := strings.Join(words, " ")
	for _, a := range actions() {
		if a.name == name {
			fmt.Fprintf(w, "web %s\n\n%s.\n", strings.TrimSpace(a.name+" "+a.args), a.says)
			if a.more != "" {
				fmt.Fprintf(w, "\n%s\n", a.more)
			}
			return nil
		}
	}
	if name != "" && len(under(name)) == 0 {
		return usageError{fmt.Sprintf("there is no command %q", name)}
	}
	fmt.Fprintln(w, "web serves the site. With a command it does that, on the database and the configuration of the site, and ends:")
	fmt.Fprintln(w)
	for _, a := range actions() {
		if name == "" || strings.HasPrefix(a.name, name+" ") {
			fmt.Fprintf(w, "  web %-32s %s\n", strings.TrimSpace(a.name+" "+a.args), a.says)
		}
	}
	fmt.Fprintln(w, "\nweb help COMMAND says more. Instances that are running obey at once or within two seconds.")
	fmt.Fprintln(w, "It ends with 0 when it is done, with 1 when it could not be, and with 2 when it was not understood")
	fmt.Fprintln(w, "or the configuration is not usable. README.md says where the rest is.")
	return nil
}
