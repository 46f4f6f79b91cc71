package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/authjs"
	"latchkey/internal/postgres"
	"latchkey/internal/sqlite"
)

const (
	host   = "bench.example"
	origin = "https://" + host // also over plain http, as behind a proxy

	maxAge, absoluteMaxAge = 168 * time.Hour, 720 * time.Hour
	renewAfter             = time.Hour // longer than a run
	sessionsOfUser         = 4         // fewer than SESSION_LIMIT
)

const userAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

var strategies = []string{"jwt", "database"}

var discarded = slog.New(slog.DiscardHandler)

// secret is AUTH_SECRET, made anew for each run and handed on to the controls.
func secret() string { return os.Getenv("AUTH_SECRET") }

// database is what this program uses of a store.
type database interface {
	auth.Store
	accounts.Store
	Migrate(context.Context) error
	Close()
}

func openDatabase(ctx context.Context, url string) (database, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return sqlite.Open(ctx, path)
	}
	return postgres.Open(ctx, url, "", discarded)
}

func newService(db auth.Store, strategy string) (*auth.Service, error) {
	return auth.New(auth.Config{
		Store: db, Strategy: strategy, Secrets: []string{secret()}, CookieName: authjs.SessionCookie(true).Name,
		MaxAge: maxAge, AbsoluteMaxAge: absoluteMaxAge, RenewAfter: renewAfter, Limit: sessionsOfUser, Log: discarded,
	})
}

// user is one of those who visit. All of them have equally long names and addresses.
func user(i int) auth.User {
	return auth.User{ID: fmt.Sprintf("bench-user-%06d", i), Email: fmt.Sprintf("user%06d@bench.example", i), Name: fmt.Sprintf("User %06d", i),
		CreatedAt: time.Now(), UpdatedAt: time.Now()}
}

// browser is a session of a user.
type browser struct {
	email   string
	value   string // of the session cookie
	cookies string // the header: that and its companion
}

// visitors are the browsers whose cookies are of one kind.
type visitors struct {
	browsers []browser
	ids      []string // of their sessions
}

// signIn begins n sessions of each strategy.
func signIn(ctx context.Context, db database, n int) (map[string]visitors, error) {
	const perStrategy = sessionsOfUser / 2
	all := map[string]visitors{}
	for i := range (n + perStrategy - 1) / perStrategy {
		if err := db.CreateUser(ctx, user(i), ""); err != nil {
			return nil, err
		}
	}
	for _, strategy := range strategies {
		service, err := newService(db, strategy)
		if err != nil {
			return nil, err
		}
		var v visitors
		for i := range n {
			issued, err := service.Begin(ctx, auth.Login{
				UserID: user(i / perStrategy).ID, Method: auth.MethodPassword, Client: auth.Client{IP: "127.0.0.1", UserAgent: userAgent},
			})
			if err != nil {
				return nil, err
			}
			cookie := authjs.SessionCookie(true).Name
			v.ids = append(v.ids, issued.Session.ID)
			v.browsers = append(v.browsers, browser{
				issued.Session.User.Email, issued.Cookie,
				cookie + "=" + issued.Cookie + "; " + auth.CompanionName(cookie) + "=" + service.Companion(issued.Session.ID),
			})
		}
		all[strategy] = v
	}
	return all, nil
}

// keepWriting has another program write to the database until the context ends: it renews
// one session after the other.
func keepWriting(ctx context.Context, db database, ids []string) error {
	for i := 0; ctx.Err() == nil; i++ {
		now := time.Now()
		if _, err := db.Renew(ctx, auth.Key{ID: ids[i%len(ids)]}, auth.Renewal{Now: now, ExpiresAt: now.Add(maxAge)}); err != nil && ctx.Err() == nil {
			return fmt.Errorf("write beside the server: %w", err)
		}
	}
	return nil
}
