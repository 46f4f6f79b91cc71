package main

import (
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// echo is a socket that says everything back, and a connection to it by way of a proxy.
func echo(t *testing.T) (*proxy, net.Conn) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Skip("no Unix sockets here: ", err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go io.Copy(c, c)
		}
	}()
	p, err := newProxy(socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	c, err := net.Dial("tcp", p.addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return p, c
}

func say(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// hears is what arrives, or the error that arrives instead.
func hears(c net.Conn, bytes int, patience time.Duration) (string, error) {
	c.SetReadDeadline(time.Now().Add(patience))
	text := make([]byte, bytes)
	n, err := io.ReadFull(c, text)
	return string(text[:n]), err
}

func TestAProxyHoldsBackAndLetsGo(t *testing.T) {
	p, c := echo(t)
	say(t, c, "one")
	if got, err := hears(c, 3, 10*time.Second); got != "one" {
		t.Fatalf("through an open proxy: %q, %v, want one", got, err)
	}
	p.hold()
	if p.open() {
		t.Error("a proxy that holds traffic back says that it is open")
	}
	say(t, c, "two")
	if got, err := hears(c, 3, 50*time.Millisecond); err == nil {
		t.Fatalf("while the proxy holds traffic back %q arrives, want nothing", got)
	}
	p.release()
	if got, err := hears(c, 3, 10*time.Second); got != "two" {
		t.Errorf("after the release: %q, %v, want two", got, err)
	}
}

func TestAProxyCuts(t *testing.T) {
	for name, cut := range map[string]func(*proxy){"at once": (*proxy).cut, "in mid-sentence": func(p *proxy) { p.cutAfter(2) }} {
		p, c := echo(t)
		say(t, c, "a")
		hears(c, 1, 10*time.Second)
		cut(p)
		io.WriteString(c, "bcd") // an error means that it is cut already
		if got, err := hears(c, 3, 10*time.Second); err == nil {
			t.Errorf("cut %s, %q arrives, want an error", name, got)
		}
	}
}
