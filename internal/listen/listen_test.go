package listen

import (
	"net"
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// occupy has a program at an address until the test ends, and returns its port.
func occupy(t *testing.T, network, address string) int {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Skipf("this machine has no %s: %v", address, err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

func hostsOf(listeners []net.Listener) (hosts []string) {
	for _, l := range listeners {
		host, _, _ := net.SplitHostPort(l.Addr().String())
		hosts = append(hosts, host)
	}
	return hosts
}

func TestAPortIsTakenByAnyProgramThatABrowserWouldFind(t *testing.T) {
	for _, taken := range []struct{ network, address string }{
		{"tcp4", "127.0.0.1:0"}, {"tcp6", "[::1]:0"}, {"tcp4", "0.0.0.0:0"}, {"tcp6", "[::]:0"}, {"tcp", ":0"},
	} {
		for _, host := range []string{"localhost", ""} {
			t.Run(taken.network+" "+taken.address+" against "+host, func(t *testing.T) {
				port := occupy(t, taken.network, taken.address)
				listeners, err := Next(t.Context(), host, port)
				if err != nil {
					t.Fatal(err)
				}
				defer Close(listeners)
				if got := Port(listeners); got <= port || got >= port+tries {
					t.Errorf("Next(%q, %d) listens at port %d, want one of the next", host, port, got)
				}
				if listeners, err := On(t.Context(), host, port); err == nil {
					Close(listeners)
					t.Errorf("On(%q, %d) = nil, want it refused", host, port)
				}
			})
		}
	}
}

func TestAProgramThatAnswersHasItsPort(t *testing.T) { // as macOS and Windows need it
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		port := occupy(t, "tcp", address)
		for _, host := range []string{"localhost", "", "0.0.0.0", "::"} {
			if !answers(t.Context(), host, port) {
				t.Errorf("answers(%q, %d) = false with a program at %s, want true", host, port, address)
			}
		}
	}
}

func TestLocalhostIsBothLoopbackAddresses(t *testing.T) {
	occupy(t, "tcp6", "[::1]:0") // or there is no IPv6 here
	for range 20 {
		listeners, err := On(t.Context(), "localhost", 0)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := hostsOf(listeners), []string{"127.0.0.1", "::1"}; !slices.Equal(got, want) {
			t.Errorf("On(localhost) listens on %v, want %v", got, want)
		}
		for _, l := range listeners {
			if l.Addr().(*net.TCPAddr).Port != Port(listeners) {
				t.Errorf("On(localhost) has the ports of %v, want one port", listeners)
			}
		}
		Close(listeners)
	}
}

func TestOneProtocolIsEnough(t *testing.T) {
	// 192.0.2.1 is nobody's (RFC 5737), as ::1 is where IPv6 is switched off.
	for _, hosts := range [][]string{{"127.0.0.1", "192.0.2.1"}, {"192.0.2.1", "127.0.0.1"}} {
		listeners, err := open(t.Context(), hosts, 0)
		if err != nil || !slices.Equal(hostsOf(listeners), []string{"127.0.0.1"}) {
			t.Errorf("open(%v) = %v, %v, want the address that is there", hosts, hostsOf(listeners), err)
		}
		Close(listeners)
	}
	if listeners, err := open(t.Context(), []string{"192.0.2.1"}, 0); err == nil {
		Close(listeners)
		t.Error("open of an address that is not this machine's = nil, want an error")
	}
}

func TestATakenPortIsKnownOnEverySystem(t *testing.T) {
	for _, number := range []syscall.Errno{syscall.EADDRINUSE, 10048, 10013} {
		err := &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", number)}
		if !inUse(err) {
			t.Errorf("inUse(%v) = false, want true", err)
		}
	}
	for _, err := range []error{nil, net.ErrClosed, &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EACCES)}} {
		if inUse(err) {
			t.Errorf("inUse(%v) = true, want false", err)
		}
	}
}

func TestNextEndsAtTheLastPort(t *testing.T) {
	listeners, err := Next(t.Context(), "localhost", 65535)
	if err == nil {
		defer Close(listeners)
		if Port(listeners) != 65535 {
			t.Errorf("Next(65535) listens at %d", Port(listeners))
		}
		if more, err := Next(t.Context(), "localhost", 65535); err == nil {
			Close(more)
			t.Errorf("Next(65535) when it is taken listens at %s, want an error", strconv.Itoa(Port(more)))
		}
	}
}
