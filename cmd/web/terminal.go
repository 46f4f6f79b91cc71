package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"
)

// mostPassword is far more than the longest password, in bytes.
const mostPassword = 8 << 10

// password asks for a new password, twice and without showing it; without a terminal it
// is the first line of the input. It is never an argument: those are seen by every user
// of the machine, and kept by the shell.
func (o *operator) password() (string, error) {
	o.clock.Stop()
	defer o.clock.Reset(commandTime)
	fd := int(o.stdin.Fd())
	if !term.IsTerminal(fd) {
		line, err := bufio.NewReader(io.LimitReader(o.stdin, mostPassword)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("cannot read the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	defer showTyping(fd)()
	var typed [2]string
	for i, prompt := range []string{"New password: ", "Once more: "} {
		fmt.Fprint(o.stderr, prompt)
		text, err := term.ReadPassword(fd)
		fmt.Fprintln(o.stderr)
		if err != nil {
			return "", fmt.Errorf("cannot read the password: %w", err)
		}
		typed[i] = string(text)
	}
	if typed[0] != typed[1] {
		return "", errors.New("the two passwords differ: nothing was done")
	}
	return typed[0], nil
}

// showTyping has a program that is interrupted leave a terminal that shows what is typed.
func showTyping(fd int) (done func()) {
	state, err := term.GetState(fd)
	if err != nil {
		return func() {}
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		if _, ok := <-interrupted; ok {
			term.Restore(fd, state)
			os.Exit(exitFailed)
		}
	}()
	return func() { signal.Stop(interrupted); close(interrupted) }
}
