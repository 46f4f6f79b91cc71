package main

import (
	"context"

	"latchkey/internal/testenv/process"
)

// server is a process that answers on loopback.
type server struct{ *process.Server }

// start runs a program with this environment and nothing else of ours, until the server
// answers. Its log goes where the system throws it away.
func start(ctx context.Context, dir string, env map[string]string, program string, args ...string) (*server, error) {
	s, err := process.Start(ctx, process.Command{Program: program, Args: args, Dir: dir, Env: env})
	if err != nil {
		return nil, err
	}
	return &server{s}, nil
}
