package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strconv"

	"latchkey/internal/metrics"
)

// debugAddr is where metrics and profiles are shown, to this machine alone. A profile
// tells what the program holds in memory, taking one costs a processor, and nobody is
// asked who they are: no setting opens that to a network. Those who may log in to the
// machine reach it through that (ssh -L), and a collector runs beside the program.
func (l *loader) debugAddr(name string) string {
	v := l.value(name)
	if v == "" {
		return ""
	}
	if problem := addrProblem(v); problem != "" {
		l.bad(name, "is %q; %s", v, problem)
	} else if host, _, _ := net.SplitHostPort(v); host != "localhost" && !isLoopbackIP(host) {
		l.bad(name, "is %q; allowed: an address of this machine alone, such as localhost:6060, since whoever reaches it is shown everything; "+
			"from elsewhere go through ssh -L 6060:localhost:6060, or run the collector beside the program", v)
	}
	return v
}

// openDebug listens at DEBUG_ADDR. nil = it is not set.
func openDebug(ctx context.Context, cfg config, log *slog.Logger) (*metrics.Service, error) {
	host, text, _ := net.SplitHostPort(cfg.debugAddr) // load has checked it
	port, _ := strconv.Atoi(text)
	s, err := metrics.Open(ctx, host, port, log)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w: set DEBUG_ADDR to a free address", cfg.debugAddr, err)
	}
	return s, nil
}
