package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The pages that are asked for.
const (
	pathSession = "/auth/session"       // what an open tab asks
	pathPage    = "/account/appearance" // a protected page that asks the database nothing by itself
)

var paths = []string{pathSession, pathPage}

// request is one that is sent again and again, and what its answer must have.
type request struct{ text, want []byte }

// requests are those of all browsers for a page. The control knows one user, whoever asks.
func requests(v visitors, path string, control bool) []request {
	all := make([]request, len(v.browsers))
	for i, b := range v.browsers {
		fetch := "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n"
		if path == pathSession {
			fetch = "Accept: */*\r\nSec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\n"
		}
		want := b.email
		if control {
			want = user(0).Email
		}
		all[i] = request{
			fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nAccept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n%sSec-Fetch-Site: same-origin\r\nCookie: %s\r\n\r\n",
				path, host, userAgent, fetch, b.cookies),
			[]byte(want),
		}
	}
	return all
}

// drive keeps connections busy until the time is over, or every request has been sent once
// if it is 0, and says how many were answered. Every answer is checked.
func drive(ctx context.Context, addr string, all []request, connections int, duration time.Duration) (answered int, err error) {
	var sent, done atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, connections)
	deadline := time.Now().Add(duration)
	more := func(i int64) bool {
		return ctx.Err() == nil && (duration == 0 && i < int64(len(all)) || time.Now().Before(deadline))
	}
	for c := range connections {
		wg.Go(func() {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				errs[c] = err
				return
			}
			defer conn.Close()
			in := bufio.NewReader(conn)
			for i := sent.Add(1) - 1; more(i); i = sent.Add(1) - 1 {
				if errs[c] = exchange(conn, in, all[i%int64(len(all))]); errs[c] != nil {
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	return int(done.Load()), errors.Join(append(errs, ctx.Err())...)
}

// exchange sends one request and checks its answer.
func exchange(conn net.Conn, in *bufio.Reader, r request) error {
	resp, body, err := send(conn, in, r)
	if err == nil && (resp.StatusCode != http.StatusOK || !bytes.Contains(body, r.want)) {
		err = fmt.Errorf("%.40q is answered %s, want 200 with %s: %.200s", r.text, resp.Status, r.want, body)
	}
	return err
}

func send(conn net.Conn, in *bufio.Reader, r request) (resp *http.Response, body []byte, err error) {
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := conn.Write(r.text); err != nil {
		return nil, nil, err
	}
	if resp, err = http.ReadResponse(in, nil); err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp, body, err
}

// shapeOf is what does not differ from one answer to the next: the names of its headers, and
// its body without nonces and numbers.
func shapeOf(addr string, r request) (string, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	resp, body, err := send(conn, bufio.NewReader(conn), r)
	if err != nil {
		return "", err
	}
	names := slices.Sorted(maps.Keys(resp.Header))
	return resp.Status + " " + strings.Join(names, ",") + "\n" + changing.ReplaceAllString(string(body), "#"), nil
}

var changing = regexp.MustCompile(`[A-Z2-7]{26}|[0-9.]+`)
