package mail_test

import (
	"context"
	"log/slog"
	"net/mail"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/internal/authjs"
	. "latchkey/internal/mail"
	"latchkey/internal/mail/mailtest"
	"latchkey/internal/postgres"
	"latchkey/internal/sqlite"
	"latchkey/internal/testenv"
)

const password = "correct-horse-battery+/="

// world is an outbox with a mail server behind it and a clock that a test can move.
type world struct {
	t     *testing.T
	store Store
	sink  *mailtest.Sink
	log   log
	mu    sync.Mutex
	ahead time.Duration
}

type database interface {
	Store
	Migrate(context.Context) error
	Close()
}

func onSQLite(t *testing.T) Store {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "app.db"))
	return migrated(t, db, err)
}

func onPostgres(t *testing.T) Store {
	db, err := postgres.Open(t.Context(), testenv.Postgres(t), "", slog.New(slog.DiscardHandler))
	return migrated(t, db, err)
}

func migrated(t *testing.T, db database, err error) Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// newWorld has a server that wants TLS and a password, and is not running yet.
func newWorld(t *testing.T, store Store) *world {
	sink := mailtest.NewSink(t)
	sink.StartTLS, sink.User, sink.Password = true, "latchkey", password
	return &world{t: t, store: store, sink: sink}
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}

func (w *world) sender() SMTP {
	return SMTP{Server: w.sink.Server(), From: mail.Address{Name: "Latchkey", Address: "hello@app.example"}, Roots: w.sink.Roots()}
}

// service is what an instance has. Nothing is sent until run.
func (w *world) service(change ...func(*Config)) *Service {
	w.t.Helper()
	sealer, err := authjs.NewSealer("mail", "a secret of thirty-two bytes, or more")
	if err != nil {
		w.t.Fatal(err)
	}
	cfg := Config{Store: w.store, Sealer: sealer, Sender: w.sender(), Now: w.now, Log: slog.New(slog.NewTextHandler(&w.log, nil))}
	for _, c := range change {
		c(&cfg)
	}
	return New(cfg)
}

// run starts an instance, which stops with the test or when stop is called.
func (w *world) run(s *Service) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	stop = func() { cancel(); running.Wait() }
	w.t.Cleanup(stop)
	return stop
}

func (w *world) send(s *Service, to string) {
	w.t.Helper()
	if err := s.Send(w.t.Context(), Message{To: to, Subject: "Grüße", Text: "Hello.\nhttps://app.example/x?y=z\n", HTML: "<p>Hello.</p>"}); err != nil {
		w.t.Fatal(err)
	}
}

// left is what is in the outbox.
func (w *world) left() []Queued {
	w.t.Helper()
	left, err := w.store.ListMail(context.Background(), "", 1000, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	return left
}

func (w *world) until(what string, ok func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	w.t.Fatalf("it does not come about that %s; the log:\n%s", what, w.log.String())
}

func (w *world) empty() {
	w.t.Helper()
	w.until("the outbox is empty", func() bool { return len(w.left()) == 0 })
}

// log may be written and read at once.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
