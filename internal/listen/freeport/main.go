// Command freeport prints a port that is free on this machine: the first one
// from its argument on, or any for 0. The Taskfile asks it where to put the
// program, and the proxy in front of it.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"latchkey/internal/listen"
)

func main() {
	from, err := strconv.Atoi(os.Args[len(os.Args)-1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "usage: freeport PORT")
		os.Exit(2)
	}
	listeners, err := listen.Next(context.Background(), "localhost", from)
	if err != nil {
		fmt.Fprintln(os.Stderr, "freeport:", err)
		os.Exit(1)
	}
	fmt.Println(listen.Port(listeners))
}
