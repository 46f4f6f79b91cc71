package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime/debug"

	"latchkey/internal/auth"
	"latchkey/internal/web/kit"
)

func newLogger(json bool, stderr io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if json {
		return slog.New(kit.LogHandler(slog.NewJSONHandler(stderr, options)))
	}
	return slog.New(kit.LogHandler(slog.NewTextHandler(stderr, options)))
}

// reportError is the program's last line: for people, or for machines that
// read every line as JSON.
func reportError(json bool, stderr io.Writer, err error) {
	if !json {
		fmt.Fprintln(stderr, "latchkey:", err)
		return
	}
	newLogger(json, stderr).Error("stopped", "error", err.Error())
}

// endOf is the event with which a program ends that has served: it was told to stop, or it
// could not go on.
func endOf(ctx context.Context, err error) auth.Event {
	switch {
	case err == nil:
		return auth.Event{Name: auth.EventShutdown}
	case ctx.Err() != nil: // though not all requests could be finished
		return auth.Event{Name: auth.EventShutdown, Details: []any{"error", err}}
	}
	return auth.Event{Name: auth.EventCrash, Details: []any{"reason", "error", "error", err}}
}

// reportPanic is deferred by every goroutine of the program's own. The crash is a security
// event. Go prints the panic as text; with LOG_FORMAT=json it is a line of the log.
func reportPanic(json bool, stderr io.Writer) {
	v := recover()
	if v == nil {
		return
	}
	log := newLogger(json, stderr)
	auth.LogEvents(log).Record(context.Background(), auth.Event{Name: auth.EventCrash, Details: []any{"reason", "panic"}})
	if !json {
		panic(v) // again: the trace still shows where it came from
	}
	log.Error("panic", "error", fmt.Sprint(v), "stack", string(debug.Stack()))
	os.Exit(2)
}

// banner says what is in force, on a terminal's first screen or in one line of
// the log.
func banner(w io.Writer, cfg config, db database, addr net.Addr) {
	if cfg.logJSON {
		newLogger(true, w).LogAttrs(context.Background(), slog.LevelInfo, "ready", slog.String("url", cfg.baseURL),
			slog.String("listening", addr.String()), slog.String("sessions", cfg.strategy), slog.String("database", db.Describe()), slog.String("mail", mailWords(cfg)), slog.Any("notes", db.Notes()))
		return
	}
	fmt.Fprintf(w, "\n  %s is at %s\n\n", siteName, cfg.baseURL)
	fmt.Fprintf(w, "  listening on %s\n", addr)
	fmt.Fprintf(w, "  sessions  %s (SESSION_STRATEGY=jwt|database)\n", cfg.strategy)
	fmt.Fprintf(w, "  database  %s\n", db.Describe())
	for _, note := range db.Notes() {
		fmt.Fprintf(w, "            %s\n", note)
	}
	fmt.Fprintf(w, "  mail      %s\n", mailWords(cfg))
	if cfg.demo {
		fmt.Fprintf(w, "  sign in   %s / %s\n", demo.Email, demo.Password)
	}
	fmt.Fprintln(w)
}
