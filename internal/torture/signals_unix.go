//go:build unix

package main

import "syscall"

// The signals that stop a process where it is and let it go on.
const sigStop, sigCont = syscall.SIGSTOP, syscall.SIGCONT
