// Package process builds the program and runs servers as processes of their own, for what
// measures and what tortures them. It knows nothing of what they serve, only that they
// listen at ADDR and say at /readyz when they are ready.
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Command is a server to start.
type Command struct {
	Program string            // the file
	Args    []string          // nil = none
	Dir     string            // where it runs
	Env     map[string]string // all it gets besides PATH and ADDR
	Log     *os.File          // where its log goes; nil = where the system throws it away
}

// Server is a process that answers on loopback.
type Server struct {
	Addr  string
	Ready time.Duration // from its start to the first answer that it is ready

	cmd   *exec.Cmd
	ended chan struct{} // closed when it has
}

// patience is how long a server may take to get ready.
const patience = 30 * time.Second

// Start starts a server and waits until it is ready. One that ends instead, or takes longer
// than half a minute, is an error, and is gone.
func Start(ctx context.Context, c Command) (*Server, error) {
	addr, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(c.Program, c.Args...)
	cmd.Dir = c.Dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "ADDR=" + addr}
	for name, value := range c.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if c.Log != nil { // a nil *os.File in the interface would be a writer
		cmd.Stderr = c.Log
	}
	s := &Server{Addr: addr, cmd: cmd, ended: make(chan struct{})}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // how it ended is in its state
		close(s.ended)
	}()
	if err := s.waitReady(ctx); err != nil {
		s.Stop()
		return nil, fmt.Errorf("%s %v: %w", filepath.Base(c.Program), c.Args, err)
	}
	s.Ready = time.Since(began)
	return s, nil
}

// FreeAddress is one of loopback at which nobody listens now.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if isReady(ctx, s.Addr) {
			return nil
		}
		select {
		case <-s.ended:
			return errors.New("the server ends instead of getting ready; start it by hand to see why")
		case <-ctx.Done():
			return errors.New("the server does not get ready; start it by hand to see why")
		case <-time.After(time.Millisecond):
		}
	}
}

func isReady(ctx context.Context, addr string) bool {
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/readyz", nil)
	r.Close = true
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK
}

// PID is the process's id.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Signal sends a signal, such as syscall.SIGSTOP.
func (s *Server) Signal(signal os.Signal) error { return s.cmd.Process.Signal(signal) }

// Ended is closed once the process has ended.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// ExitCode is 0 for a clean end, -1 for one by a signal. It is known once the process has
// ended.
func (s *Server) ExitCode() int { return s.cmd.ProcessState.ExitCode() }

// Kill ends the process without a chance to do anything, and waits for its end.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill() // it may have ended already
	<-s.ended
}

// Stop ends the process, gently and then not, and waits for its end.
func (s *Server) Stop() {
	if s.Signal(syscall.SIGTERM) != nil {
		_ = s.cmd.Process.Kill() // Windows knows no signals
	}
	kill := time.AfterFunc(30*time.Second, func() { _ = s.cmd.Process.Kill() })
	defer kill.Stop()
	<-s.ended
}
