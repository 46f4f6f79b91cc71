// Package listen opens the program's port. It knows what differs between
// systems: two loopback addresses, and how a taken port shows.
package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
	"time"
)

// tries is how many ports Next looks at.
const tries = 20

// probeTimeout is how long a program on this machine has to take a connection.
const probeTimeout = 200 * time.Millisecond

// On listens at host and port; host "" is every address of the machine. For
// localhost it listens on both loopback addresses, because a browser takes
// either. Port 0 is any free port. The caller closes the listeners.
func On(ctx context.Context, host string, port int) ([]net.Listener, error) {
	for range tries { // a free port of one address may be taken on the other
		listeners, err := open(ctx, addresses(host), port)
		if port != 0 || !inUse(err) {
			return listeners, err
		}
	}
	return nil, errors.New("no port is free on both loopback addresses")
}

// Next is On at the first free port from port on. A port is taken as well if a
// program answers there: macOS and Windows let one program have an address
// while another has them all, and then a browser may reach either.
func Next(ctx context.Context, host string, port int) ([]net.Listener, error) {
	if port == 0 {
		return On(ctx, host, 0)
	}
	var err error
	for p := port; p < port+tries && p <= 65535; p++ {
		if answers(ctx, host, p) {
			err = fmt.Errorf("a program answers at port %d", p)
			continue
		}
		var listeners []net.Listener
		if listeners, err = On(ctx, host, p); !inUse(err) {
			return listeners, err
		}
	}
	return nil, err
}

// Port is the port that all listeners share.
func Port(listeners []net.Listener) int { return listeners[0].Addr().(*net.TCPAddr).Port }

// open listens on every address that the machine has: where one protocol is
// switched off, the other is enough.
func open(ctx context.Context, hosts []string, port int) (listeners []net.Listener, err error) {
	var lc net.ListenConfig
	for _, host := range hosts {
		l, e := lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if e != nil {
			err = e
			if inUse(e) {
				break
			}
			continue
		}
		listeners = append(listeners, l)
		port = Port(listeners) // of 0, the one that it became
	}
	if inUse(err) || len(listeners) == 0 {
		Close(listeners)
		return nil, err
	}
	return listeners, nil
}

// Close closes all listeners.
func Close(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

func addresses(host string) []string {
	if host == "localhost" {
		return []string{"127.0.0.1", "::1"}
	}
	return []string{host}
}

// answers reports whether a program takes connections where a browser would
// look for ours.
func answers(ctx context.Context, host string, port int) bool {
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	dialer := net.Dialer{Timeout: probeTimeout}
	for _, host := range addresses(host) {
		c, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err == nil {
			c.Close()
			return true
		}
	}
	return false
}

// Error numbers of Windows, which syscall.EADDRINUSE is not there. The second
// is a port that Windows keeps for itself.
const (
	wsaAddressInUse  = syscall.Errno(10048)
	wsaAccessRefused = syscall.Errno(10013)
)

func inUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaAddressInUse) || errors.Is(err, wsaAccessRefused)
}
