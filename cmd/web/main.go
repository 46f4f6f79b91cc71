// Command web is the whole application: it reads its configuration, opens and
// migrates the database, and serves until it is told to stop.
//
//house:circles 1
package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"

	"latchkey/internal/auth"
	"latchkey/internal/listen"
)

func main() {
	if len(os.Args) > 1 {
		os.Exit(operate(os.Args[1:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	json := os.Getenv("LOG_FORMAT") == "json"
	dir := projectDir(os.Getenv("APP_ENV") == "production")
	getenv, notes, err := environment(filepath.Join(dir, ".env"))
	if err == nil {
		json = getenv("LOG_FORMAT") == "json"
		slog.SetDefault(newLogger(json, os.Stderr)) // also for what libraries print
		for _, note := range notes {
			slog.Warn(note)
		}
	}
	defer reportPanic(json, os.Stderr)
	if err == nil {
		err = run(ctx, dir, getenv, os.Stderr)
	}
	if err == nil || errors.Is(err, context.Canceled) && ctx.Err() != nil { // told to stop, perhaps while starting
		return
	}
	reportError(json, os.Stderr, err)
	if _, ok := errors.AsType[configError](err); ok {
		os.Exit(2)
	}
	os.Exit(1)
}

// run is the program, without anything that a test could not give it. dir is
// where data/ is and where a relative path of a database begins.
func run(ctx context.Context, dir string, getenv func(string) string, stderr io.Writer) error {
	cfg, err := load(getenv)
	if err != nil {
		return err
	}
	cfg.dir = dir
	log := newLogger(cfg.logJSON, stderr)
	if len(cfg.secrets) == 0 {
		if cfg.secrets, err = developmentSecret(dir, log); err != nil {
			return err
		}
	}
	db, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer db.Close()

	listeners, err := open(ctx, cfg)
	if err != nil {
		return err
	}
	defer listen.Close(listeners)
	if cfg.baseURL == "" {
		cfg.baseURL = localURL(listeners)
	}
	outbox, err := newMail(cfg, db, log)
	if err != nil {
		return err
	}
	limits := newLimits(cfg, db, log)
	debug, err := openDebug(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer debug.Close()
	var running sync.WaitGroup // all that goes on besides requests
	service, users, handler, err := newSite(ctx, cfg, db, outbox, limits, debug, running.Go, log)
	if err != nil {
		return err
	}
	debug.Read(service, users)
	if err := prepare(ctx, cfg, service, users); err != nil {
		return err
	}

	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	for _, work := range []func(context.Context){service.Run, users.Run, outbox.Run, limits.Run, debug.Run} {
		running.Go(func() {
			defer reportPanic(cfg.logJSON, stderr)
			work(background)
		})
	}
	defer running.Wait()
	defer stop() // the view is kept true until the last request is answered

	service.Record(ctx, auth.Event{Name: auth.EventStartup, Details: []any{"strategy", cfg.strategy, "database", db.Name()}})
	banner(stderr, cfg, db, listeners[0].Addr())
	err = serve(ctx, listeners, handler, cfg.shutdownDelay, log)
	service.Record(background, endOf(ctx, err))
	return err
}
