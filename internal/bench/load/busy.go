package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	signingIn  = 128                   // at once, twice as many as may wait
	pageEvery  = 5 * time.Millisecond  // of the user who is signed in
	afterRetry = 50 * time.Millisecond // that somebody waits who was turned away
)

// measureSaturation has a user open a page again and again, alone and beside a crowd that
// signs in with wrong passwords. Each try is another account from another address, so that no
// budget is used up and every password is hashed.
func (b *bench) measureSaturation(ctx context.Context, d opened, v visitors) error {
	env := serverEnv(d.url, "jwt", "16MiB")
	env["TRUSTED_PROXIES"] = "127.0.0.0/8"
	s, err := b.keep(start(ctx, b.dir, env, b.program))
	if err != nil {
		return err
	}
	all := requests(v, pathPage, false)
	var quiet, busy, quotients []float64
	for range b.options.rounds {
		alone, err := p99(ctx, s.Addr, all, b.duration)
		if err != nil {
			return err
		}
		beside, err := b.beside(ctx, s.Addr, all)
		if err != nil {
			return err
		}
		quiet, busy, quotients = append(quiet, alone), append(busy, beside), append(quotients, beside/alone)
	}
	at := &b.results.Saturated
	at.Quiet, at.Busy, at.Ratio = spreadOf(quiet), spreadOf(busy), spreadOf(quotients)
	return nil
}

// beside is p99 while the crowd signs in. The crowd would be on other machines: here it is a
// process of its own that leaves the processors to the server and to the user.
func (b *bench) beside(ctx context.Context, addr string, all []request) (millis float64, err error) {
	args := []string{b.self, "-crowd", addr}
	if nice, err := exec.LookPath("nice"); err == nil {
		args = append([]string{nice, "-n", "19"}, args...)
	}
	crowd := exec.CommandContext(ctx, args[0], args[1:]...)
	var said bytes.Buffer
	crowd.Stdout, crowd.Stderr = &said, os.Stderr
	input, err := crowd.StdinPipe()
	if err != nil {
		return 0, err
	}
	if err := crowd.Start(); err != nil {
		return 0, err
	}
	time.Sleep(b.duration/4 + 200*time.Millisecond) // until it runs and the waiting room is full
	millis, err = p99(ctx, addr, all, b.duration)
	stopErr := errors.Join(input.Close(), crowd.Wait())
	var hashed, refused int
	if _, scanErr := fmt.Sscan(said.String(), &hashed, &refused); scanErr != nil {
		stopErr = errors.Join(stopErr, scanErr)
	}
	b.results.Saturated.Hashed += hashed
	b.results.Saturated.Refused += refused
	return millis, errors.Join(err, stopErr)
}

// crowd signs in until its input ends, as it does with the process that started it, and then
// prints how many passwords were checked and how many tries were refused at once.
func crowd(ctx context.Context, addr string) error {
	ctx, stop := context.WithCancel(ctx)
	go func() {
		defer stop()
		_, _ = io.Copy(io.Discard, os.Stdin)
	}()
	var hashed, refused, tries atomic.Int64
	var wg sync.WaitGroup
	for range signingIn {
		wg.Go(func() {
			for ctx.Err() == nil {
				status, err := trySignIn(addr, tries.Add(1))
				switch {
				case err == nil && status == http.StatusUnprocessableEntity:
					hashed.Add(1)
				case err == nil && status == http.StatusServiceUnavailable:
					refused.Add(1)
					time.Sleep(afterRetry)
				default:
					time.Sleep(afterRetry)
				}
			}
		})
	}
	wg.Wait()
	fmt.Println(hashed.Load(), refused.Load())
	return nil
}

// trySignIn sends one wrong password.
func trySignIn(addr string, n int64) (status int, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	form := fmt.Sprintf("email=crowd%d%%40bench.example&password=wrong-password-of-%d", n, n)
	resp, _, err := send(conn, bufio.NewReader(conn), request{text: fmt.Appendf(nil,
		"POST /signin HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nX-Forwarded-For: 10.%d.%d.%d\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		host, n>>16&255, n>>8&255, n&255, len(form), form)})
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

// p99 is how many milliseconds the slowest but one in a hundred of the pages took.
func p99(ctx context.Context, addr string, all []request, duration time.Duration) (millis float64, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	var took []time.Duration
	for i, end := 0, time.Now().Add(duration); time.Now().Before(end) && ctx.Err() == nil; i++ {
		began := time.Now()
		if err := exchange(conn, in, all[i%len(all)]); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
		time.Sleep(pageEvery)
	}
	if len(took) == 0 {
		return 0, errors.Join(errors.New("no page was opened"), ctx.Err())
	}
	slices.Sort(took)
	return float64(took[len(took)*99/100]) / float64(time.Millisecond), nil
}
