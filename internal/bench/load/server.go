package main

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

const readyPath = "/readyz"

// server is a process that answers on loopback.
type server struct {
	cmd   *exec.Cmd
	addr  string
	ready time.Duration // from its start to the first answer that it is ready
}

// start runs a program with this environment and nothing else of ours, until the server
// answers. Its log goes where the system throws it away.
func start(ctx context.Context, dir string, env map[string]string, program string, args ...string) (*server, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "ADDR=" + addr}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	log, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stderr = log
	s := &server{cmd: cmd, addr: addr}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := s.waitReady(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s %v: %w", filepath.Base(program), args, err), s.stop())
	}
	s.ready = time.Since(began)
	return s, nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func (s *server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+readyPath, nil)
		r.Close = true
		if resp, err := http.DefaultClient.Do(r); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.New("the server does not get ready; start it by hand to see why")
		case <-time.After(time.Millisecond):
		}
	}
}

// stop ends the process, gently and then not.
func (s *server) stop() error {
	if s.cmd.Process.Signal(syscall.SIGTERM) != nil {
		_ = s.cmd.Process.Kill() // Windows knows no signals
	}
	kill := time.AfterFunc(10*time.Second, func() { _ = s.cmd.Process.Kill() })
	defer kill.Stop()
	var ended *exec.ExitError
	if err := s.cmd.Wait(); err != nil && !errors.As(err, &ended) {
		return err
	}
	return nil
}
