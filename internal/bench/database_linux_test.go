package bench

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/postgres"
	"latchkey/internal/testenv"
)

// BenchmarkDatabase has many ask one PostgreSQL, with fsync, at the same time. It says how
// many got an answer in a second, on a machine that they share with the server, and how much
// processor time the server took for each, which docs/scaling.md reckons with.
func BenchmarkDatabase(b *testing.B) {
	const users, devices = 500, 4
	dsn := testenv.PostgresCluster(b, "fsync = on", "full_page_writes = on", "synchronous_commit = on", "shared_buffers = 256MB").DSN("")
	db, err := postgres.Open(b.Context(), dsn+"&pool_max_conns=16", "", slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	if err := db.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	service, err := auth.New(auth.Config{
		Store: db, Strategy: "database", Secrets: []string{authtest.Secret}, CookieName: "session", MaxAge: 24 * time.Hour,
		AbsoluteMaxAge: 72 * time.Hour, RenewAfter: 5 * time.Minute, Limit: devices + 1, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	var sessions []auth.Session
	for i := range users {
		id := fmt.Sprint("user-", i)
		if err := db.CreateUser(b.Context(), auth.User{ID: id, Email: id + "@bench.example", CreatedAt: service.Now(), UpdatedAt: service.Now()}, ""); err != nil {
			b.Fatal(err)
		}
		for range devices {
			sessions = append(sessions, begin(b, service, id).Session)
		}
	}
	server := postmaster(b, dsn)
	for _, ask := range []struct {
		name string
		do   func(ctx context.Context, s auth.Session) error
	}{
		{"find", func(ctx context.Context, s auth.Session) error {
			_, err := db.Find(ctx, auth.Key{TokenHash: s.TokenHash})
			return err
		}},
		{"renewal", func(ctx context.Context, s auth.Session) error {
			now := service.Now()
			_, err := db.Renew(ctx, auth.Key{ID: s.ID}, auth.Renewal{Now: now, ExpiresAt: now.Add(24 * time.Hour)})
			return err
		}},
		{"poll of an instance", func(ctx context.Context, _ auth.Session) error {
			_, err := db.Changes(ctx, service.Now().Add(-time.Second))
			return err
		}},
		{"sign-in and sign-out", func(ctx context.Context, s auth.Session) error {
			issued, err := service.Begin(ctx, auth.Login{UserID: s.User.ID, Method: auth.MethodPassword})
			if err != nil {
				return err
			}
			_, err = service.End(ctx, auth.Selector{UserID: s.User.ID, SessionID: issued.Session.ID}, auth.ReasonSignedOut)
			return err
		}},
	} {
		b.Run(ask.name, func(b *testing.B) {
			var turn atomic.Int64
			before := serverCPU(b, server)
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := ask.do(b.Context(), sessions[int(turn.Add(1))%len(sessions)]); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "/s")
			b.ReportMetric(float64((serverCPU(b, server)-before).Microseconds())/float64(b.N), "server-µs/op")
		})
	}
}

func begin(b *testing.B, service *auth.Service, user string) auth.Issued {
	b.Helper()
	issued, err := service.Begin(b.Context(), auth.Login{UserID: user, Method: auth.MethodPassword})
	if err != nil {
		b.Fatal(err)
	}
	return issued
}

// postmaster is the process that all others of a server are children of.
func postmaster(b *testing.B, dsn string) int {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(b.Context()))
	var pid int
	if err := conn.QueryRow(b.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		b.Fatal(err)
	}
	return stat(process(pid))[parent]
}

// serverCPU is how much processor time all processes of a server have taken. Those that have
// ended are in what the system books for their parent, in hundredths of a second.
func serverCPU(b *testing.B, postmaster int) time.Duration {
	b.Helper()
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		b.Fatal(err)
	}
	f := stat(process(postmaster))
	spent := time.Duration(f[userGone]+f[kernelGone]) * 10 * time.Millisecond
	for _, p := range all {
		if f := stat(p); f != nil && (f[parent] == postmaster || p == process(postmaster)) {
			spent += ran(p)
		}
	}
	return spent
}

func process(id int) string { return filepath.Join("/proc", strconv.Itoa(id)) }

// Fields of /proc/*/stat, from the third on.
const (
	parent     = 4 - 3
	userGone   = 16 - 3
	kernelGone = 17 - 3
)

// stat is what the system says of a process, nil if it is gone. What is no number is 0.
func stat(process string) (fields []int) {
	text, err := os.ReadFile(filepath.Join(process, "stat"))
	if err != nil {
		return nil
	}
	for _, field := range strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) {
		n, _ := strconv.Atoi(field)
		fields = append(fields, n)
	}
	return fields
}

// ran is for how long a process has run, which the system knows to the nanosecond.
func ran(process string) time.Duration {
	text, _ := os.ReadFile(filepath.Join(process, "schedstat"))
	nanoseconds, _, _ := strings.Cut(string(text), " ")
	n, _ := strconv.ParseInt(nanoseconds, 10, 64)
	return time.Duration(n)
}
