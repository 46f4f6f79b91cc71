package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

// measureView has the engine look at one session again and again.
func measureView(ctx context.Context) (all []view, err error) {
	for _, strategy := range strategies {
		store := authtest.NewStore()
		if err := store.AddUser(ctx, user(0)); err != nil {
			return nil, err
		}
		service, err := newService(store, strategy)
		if err != nil {
			return nil, err
		}
		if err := service.Sync(ctx); err != nil {
			return nil, err
		}
		issued, err := service.Begin(ctx, auth.Login{UserID: user(0).ID})
		if err != nil {
			return nil, err
		}
		before := heap()
		for _, endings := range []int{0, 1_000_000} {
			publish(ctx, service, endings)
			nanos, err := timeHits(ctx, service, issued.Cookie)
			if err != nil {
				return nil, err
			}
			all = append(all, view{strategy, endings, nanos, (heap() - before) / float64(max(endings, 1))})
		}
		runtime.KeepAlive(service)
	}
	return all, nil
}

func publish(ctx context.Context, service *auth.Service, endings int) {
	now := service.Now()
	changes := make([]auth.Change, endings)
	for i := range changes {
		changes[i] = auth.Change{SessionID: auth.NewID(), At: now, Ended: auth.ReasonSignedOut}
	}
	service.Publish(ctx, "", changes)
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func timeHits(ctx context.Context, service *auth.Service, cookie string) (spread, error) {
	const rounds, hits = 21, 10_000
	var nanos []float64
	for range rounds {
		start := time.Now()
		for range hits {
			if r := service.Authenticate(ctx, cookie, auth.Mode{}); r.State != auth.StateOK {
				return spread{}, errors.New("the session is gone")
			}
		}
		nanos = append(nanos, float64(time.Since(start).Nanoseconds())/hits)
	}
	return spreadOf(nanos), nil
}

// measureStreams opens as many streams of events as a server takes.
func (b *bench) measureStreams(ctx context.Context) (s streams, err error) {
	const perSession = 10
	d := b.databases[0]
	all, err := signIn(ctx, d.db, 500)
	if err != nil {
		return s, err
	}
	server, err := b.startServer(ctx, d.url, "database", "16MiB")
	if err != nil {
		return s, err
	}
	browsers := all["database"].browsers
	if _, err := drive(ctx, server.Addr, requests(all["database"], pathSession, false), b.connections, 0); err != nil {
		return s, err
	}
	before, err := server.memory()
	if err != nil {
		return s, err
	}
	for i := range len(browsers) * perSession {
		conn, err := openStream(server.Addr, browsers[i%len(browsers)])
		if err != nil {
			return s, fmt.Errorf("stream %d: %w", i+1, err)
		}
		defer conn.Close()
		s.Open++
	}
	time.Sleep(time.Second)
	after, err := server.memory()
	s.Bytes = float64(after-before) / float64(s.Open)
	return s, err
}

func openStream(addr string, b browser) (net.Conn, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(conn, "GET /auth/events HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nAccept: text/event-stream\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nCookie: %s\r\n\r\n", host, userAgent, b.cookies)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("no stream: %v", resp), err, conn.Close())
	}
	return conn, nil
}
