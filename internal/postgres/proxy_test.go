package postgres

import (
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// proxy is a name that leads to a server, as in DNS: where it leads can change,
// and it can be far away.
type proxy struct {
	t        *testing.T
	listener net.Listener
	delay    time.Duration            // each way
	edit     func(sent []byte) []byte // what a client sends; nil = leave it

	mu     sync.Mutex
	socket string
	conns  []net.Conn
}

// through starts a proxy before the server of the DSN, and returns it with the
// DSN by way of it.
func through(t *testing.T, dsn string, set func(*proxy)) (*proxy, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, listener: l}
	if set != nil {
		set(p)
	}
	p.leadTo(dsn)
	var running sync.WaitGroup
	running.Go(func() { p.serve(&running) })
	t.Cleanup(func() {
		l.Close()
		p.cut()
		running.Wait()
	})
	u, _ := url.Parse(dsn)
	return p, "postgres://latchkey@" + l.Addr().String() + u.Path + "?sslmode=disable"
}

// leadTo is where new connections go. Those that there are stay.
func (p *proxy) leadTo(dsn string) {
	p.t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.socket = u.Query().Get("host") + "/.s.PGSQL." + u.Query().Get("port")
}

// cut breaks all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

func (p *proxy) serve(running *sync.WaitGroup) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		server, err := net.Dial("unix", p.socket)
		if err == nil {
			p.conns = append(p.conns, client, server)
		}
		p.mu.Unlock()
		if err != nil {
			client.Close()
			continue
		}
		running.Go(func() { p.carry(server, client, p.edit) })
		running.Go(func() { p.carry(client, server, nil) })
	}
}

// carry copies, each piece after the delay, until either side is closed.
func (p *proxy) carry(to, from net.Conn, edit func([]byte) []byte) {
	type piece struct {
		due  time.Time
		data []byte
	}
	way := make(chan piece, 1000)
	go func() {
		defer close(way)
		for {
			data := make([]byte, 64<<10)
			n, err := from.Read(data)
			if err != nil {
				return
			}
			if data = data[:n]; edit != nil {
				data = edit(data)
			}
			way <- piece{time.Now().Add(p.delay), data}
		}
	}()
	for next := range way {
		time.Sleep(time.Until(next.due))
		if _, err := to.Write(next.data); err != nil {
			break
		}
	}
	to.Close()
	from.Close()
	for range way { // let the reader end
	}
}
