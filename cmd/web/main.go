// Command web is the whole application: it reads its configuration, opens and
// migrates the database, and serves until it is told to stop.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/joho/godotenv"

	"latchkey/internal/web/kit"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	getenv, err := environment(".env")
	if err == nil {
		err = run(ctx, getenv, os.Stderr)
	}
	if err == nil || errors.Is(err, context.Canceled) && ctx.Err() != nil { // told to stop, perhaps while starting
		return
	}
	fmt.Fprintln(os.Stderr, "latchkey:", err)
	if _, ok := errors.AsType[configError](err); ok {
		os.Exit(2)
	}
	os.Exit(1)
}

// environment is the process's, over what the file says. No file is no error.
func environment(file string) (func(string) string, error) {
	values, err := godotenv.Read(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, configError{fmt.Sprintf("%s cannot be read: check that every line is NAME=value", file)}
	}
	return func(name string) string {
		if v, ok := os.LookupEnv(name); ok {
			return v
		}
		return values[name]
	}, nil
}

// run is the program, without anything that a test could not give it.
func run(ctx context.Context, getenv func(string) string, stderr io.Writer) error {
	cfg, err := load(getenv)
	if err != nil {
		return err
	}
	log := newLogger(cfg, stderr)
	if len(cfg.secrets) == 0 {
		if cfg.secrets, err = developmentSecret(); err != nil {
			return err
		}
	}
	db, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer db.Close()

	listener, err := listen(ctx, cfg)
	if err != nil {
		return err
	}
	defer listener.Close()
	if cfg.baseURL == "" {
		cfg.baseURL = localURL(listener.Addr())
	}
	service, users, handler, err := newSite(ctx, cfg, db, log)
	if err != nil {
		return err
	}
	if err := prepare(ctx, cfg, service, users); err != nil {
		return err
	}

	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { service.Run(background) })
	defer running.Wait()
	defer stop() // the view is kept true until the last request is answered

	banner(stderr, cfg, db, listener.Addr())
	return serve(ctx, listener, handler, log)
}

func newLogger(cfg config, stderr io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if cfg.logJSON {
		return slog.New(kit.LogHandler(slog.NewJSONHandler(stderr, options)))
	}
	return slog.New(kit.LogHandler(slog.NewTextHandler(stderr, options)))
}

// Limits on slow or greedy clients. Go's defaults are none.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
	drainTimeout      = 20 * time.Second // more than a request takes to be read
)

// serve answers requests until ctx ends, then lets those under way finish.
func serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("stopping: finishing the requests under way")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return fmt.Errorf("stop: some requests were cut off after %s: %w", drainTimeout, err)
	}
	return nil
}

// portsTried is how many ports development tries from the wanted one on.
const portsTried = 20

// listen takes the configured port. In development, where the usual reason for
// a taken port is another project, it takes the next free one instead.
func listen(ctx context.Context, cfg config) (net.Listener, error) {
	host, text, _ := net.SplitHostPort(cfg.addr) // load has checked it
	port, _ := strconv.Atoi(text)
	tries := 1
	if !cfg.production && port != 0 {
		tries = portsTried
	}
	var lc net.ListenConfig
	var err error
	for i := range tries {
		var l net.Listener
		l, err = lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port+i)))
		if err == nil {
			return l, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return nil, fmt.Errorf("cannot listen on %s: %w: set ADDR to a free address", cfg.addr, err)
}

// localURL is where a browser on this machine finds the listener.
func localURL(addr net.Addr) string {
	tcp := addr.(*net.TCPAddr)
	host := "localhost"
	if !tcp.IP.IsLoopback() && !tcp.IP.IsUnspecified() {
		host = tcp.IP.String()
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}
