package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"latchkey/internal/listen"
)

// limits bound slow or greedy clients. Go's defaults are none.
type limits struct {
	readHeader, read, write, idle time.Duration
	headerBytes                   int
}

var serverLimits = limits{
	readHeader:  5 * time.Second,
	read:        15 * time.Second,
	write:       30 * time.Second,
	idle:        2 * time.Minute,
	headerBytes: 64 << 10,
}

const drainTimeout = 20 * time.Second // more than a request takes to be read

func newServer(handler http.Handler, l limits, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: l.readHeader,
		ReadTimeout:       l.read,
		WriteTimeout:      l.write,
		IdleTimeout:       l.idle,
		MaxHeaderBytes:    l.headerBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// serve answers requests until ctx ends, and for delay after that: a load balancer has to
// notice first that /readyz says no. Then it lets those under way finish.
func serve(ctx context.Context, listeners []net.Listener, handler http.Handler, delay time.Duration, log *slog.Logger) error {
	server := newServer(lastOfConnection(ctx, handler), serverLimits, log)
	failed := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { failed <- server.Serve(withPages(l, handler)) }()
	}
	select {
	case err := <-failed:
		return errors.Join(fmt.Errorf("serve: %w", err), server.Close())
	case <-ctx.Done():
	}
	if delay > 0 {
		log.Info("stopping: not ready any more, requests are still answered", "for", delay)
		time.Sleep(delay)
	}
	log.Info("stopping: finishing the requests under way")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return fmt.Errorf("stop: some requests were cut off after %s: %w", drainTimeout, err)
	}
	return nil
}

// lastOfConnection has each connection end with the next answer on it, once ctx has ended:
// a proxy would otherwise send a request on one that is being closed.
func lastOfConnection(ctx context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ctx.Err() != nil {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// open takes the configured port. In development, where the usual reason for
// a taken port is another project, it takes the next free one instead.
func open(ctx context.Context, cfg config) ([]net.Listener, error) {
	host, text, _ := net.SplitHostPort(cfg.addr) // load has checked it
	port, _ := strconv.Atoi(text)
	find := listen.Next
	if cfg.production {
		find = listen.On
	}
	listeners, err := find(ctx, host, port)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w: set ADDR to a free address", cfg.addr, err)
	}
	return listeners, nil
}

// localURL is where a browser on this machine finds the listeners: localhost
// is either loopback address, so it has to be ours on both.
func localURL(listeners []net.Listener) string {
	tcp := listeners[0].Addr().(*net.TCPAddr)
	host := "localhost"
	if len(listeners) == 1 && !tcp.IP.IsUnspecified() {
		host = tcp.IP.String()
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}
