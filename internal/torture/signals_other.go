//go:build !unix

package main

import "os"

// Where there are no such signals a process is not frozen.
var sigStop, sigCont os.Signal = os.Interrupt, os.Interrupt
