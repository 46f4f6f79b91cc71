//go:build !unix

package testenv

import "os/exec"

// guard needs a Unix shell, Unix sockets and process groups. Where they are
// missing, so is everything that it would guard.
type guard struct{ dir string }

func newGuard(bool, string, ...string) (*guard, error) { return nil, errMissing }

func (*guard) obey(string) error { return errMissing }

func (*guard) log() string { return "" }

func (*guard) close() {}

func ownGroup(*exec.Cmd) {}
