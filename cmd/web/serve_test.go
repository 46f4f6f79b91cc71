package main

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A limit is at work if, with all others far away, it ends what it bounds.
const soon, late = 50 * time.Millisecond, time.Minute

// served runs newServer under these limits and returns a connection to it.
func served(t *testing.T, l limits, handler http.HandlerFunc) net.Conn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(handler, l, slog.New(slog.NewTextHandler(io.Discard, nil)))
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	c, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// closes reports whether the server ends the connection before the test's own deadline.
func closes(c net.Conn) bool {
	_, err := io.Copy(io.Discard, c)
	nerr, ok := err.(net.Error)
	return !ok || !nerr.Timeout()
}

func far() limits {
	return limits{readHeader: late, read: late, write: late, idle: late, headerBytes: 64 << 10}
}

func TestASlowHeaderIsCutOff(t *testing.T) {
	l := far()
	l.readHeader = soon
	c := served(t, l, func(http.ResponseWriter, *http.Request) {})
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n")
	if !closes(c) {
		t.Error("a header that never ends keeps its connection, want it closed")
	}
}

func TestASlowBodyIsCutOff(t *testing.T) {
	l := far()
	l.read = soon
	failed := make(chan error, 1)
	c := served(t, l, func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		failed <- err
	})
	fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
	select {
	case err := <-failed:
		if err == nil {
			t.Error("a body that never ends is read whole, want an error")
		}
	case <-time.After(10 * time.Second):
		t.Error("a body that never ends keeps its handler")
	}
}

func TestASlowReaderIsCutOff(t *testing.T) {
	l := far()
	l.write = soon
	failed := make(chan error, 1)
	c := served(t, l, func(w http.ResponseWriter, _ *http.Request) {
		block := make([]byte, 1<<20)
		for range 1000 { // more than any buffer between
			if _, err := w.Write(block); err != nil {
				failed <- err
				return
			}
		}
		failed <- nil
	})
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case err := <-failed:
		if err == nil {
			t.Error("an answer that nobody reads was written whole, want an error")
		}
	case <-time.After(10 * time.Second):
		t.Error("an answer that nobody reads keeps its handler")
	}
}

func TestAnIdleConnectionIsClosed(t *testing.T) {
	l := far()
	l.idle = soon
	c := served(t, l, func(http.ResponseWriter, *http.Request) {})
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if !closes(c) {
		t.Error("a connection without requests is kept, want it closed")
	}
}

func TestALargeHeaderIsRefused(t *testing.T) {
	l := far()
	l.headerBytes = 4 << 10
	for size, want := range map[int]int{1 << 10: 200, 32 << 10: 431} {
		c := served(t, l, func(http.ResponseWriter, *http.Request) {})
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("x", size))
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || resp.StatusCode != want {
			t.Errorf("a header of %d bytes: %v, %v, want status %d", size, resp, err, want)
		}
	}
}

func TestTheProgramHasAllLimits(t *testing.T) {
	l := serverLimits
	for name, d := range map[string]time.Duration{"readHeader": l.readHeader, "read": l.read, "write": l.write, "idle": l.idle} {
		if d <= 0 || d > 5*time.Minute {
			t.Errorf("the limit %s is %v, want one of at most 5m", name, d)
		}
	}
	if l.headerBytes <= 0 || l.headerBytes > 1<<20 {
		t.Errorf("headers may have %d bytes, want a limit below Go's", l.headerBytes)
	}
}
