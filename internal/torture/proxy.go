package main

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// proxy stands between a server and PostgreSQL, and does to their connections what networks
// do. It listens on loopback and leads to a socket.
type proxy struct {
	listener net.Listener
	socket   string

	delay  atomic.Int64 // of every piece, in nanoseconds
	budget atomic.Int64 // bytes after which all connections break; 0 = they do not

	mu    sync.Mutex
	held  chan struct{} // closed when traffic goes on; nil = it does
	conns map[net.Conn]bool
}

func newProxy(socket string) (*proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: l, socket: socket, conns: map[net.Conn]bool{}}
	go p.serve()
	return p, nil
}

func (p *proxy) addr() string { return p.listener.Addr().String() }

// close ends it, with all connections.
func (p *proxy) close() {
	p.listener.Close()
	p.release()
	p.cut()
}

// hold stops the traffic in both directions. Nobody is told: connections stay, new ones
// are taken, and nothing arrives.
func (p *proxy) hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil {
		p.held = make(chan struct{})
	}
}

// release lets what was held arrive.
func (p *proxy) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held != nil {
		close(p.held)
		p.held = nil
	}
}

// open reports whether there is a connection on which something could arrive.
func (p *proxy) open() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held == nil && len(p.conns) > 0
}

// cut breaks all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

// cutAfter breaks all connections in the middle of what is being said, so many bytes from
// now.
func (p *proxy) cutAfter(bytes int64) { p.budget.Store(bytes) }

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", p.socket)
		if err != nil { // PostgreSQL is down
			client.Close()
			continue
		}
		p.keep(client, server)
		go p.carry(server, client)
		go p.carry(client, server)
	}
}

func (p *proxy) keep(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = true
	}
}

// carry copies one way until either side is closed.
func (p *proxy) carry(to, from net.Conn) {
	data := make([]byte, 32<<10)
	for {
		n, err := from.Read(data)
		if err != nil {
			break
		}
		p.wait()
		if !p.spend(int64(n)) {
			p.cut()
			break
		}
		if _, err := to.Write(data[:n]); err != nil {
			break
		}
	}
	to.Close()
	from.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, from)
}

// wait does to one piece what is done to all at the moment.
func (p *proxy) wait() {
	if d := time.Duration(p.delay.Load()); d > 0 {
		time.Sleep(d)
	}
	p.mu.Lock()
	held := p.held
	p.mu.Unlock()
	if held != nil {
		<-held
	}
}

// spend reports whether so many bytes may still pass.
func (p *proxy) spend(bytes int64) bool {
	if p.budget.Load() == 0 {
		return true
	}
	if left := p.budget.Add(-bytes); left > 0 {
		return true
	}
	p.budget.Store(0)
	return false
}
