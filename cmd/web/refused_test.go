package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// What never reaches a handler is answered by the page that all errors have.
func TestWhatCannotBeReadIsAnsweredWithAPage(t *testing.T) {
	host := strings.TrimPrefix(start(t, t.TempDir(), "ADDR=127.0.0.1:0").url, "http://")
	for name, c := range map[string]struct {
		request string
		status  int
		title   string
	}{
		"a bad escape":               {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400, "Bad request"},
		"a bad escape of a file":     {"GET /static/app%.css HTTP/1.1\r\nHost: x\r\n\r\n", 400, "Bad request"},
		"a bad escape, to be posted": {"POST /signin/%g1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 400, "Bad request"},
		"no host":                    {"GET / HTTP/1.1\r\n\r\n", 400, "Bad request"},
		"a broken header":            {"GET / HTTP/1.1\r\nHost: x\r\na b\r\n\r\n", 400, "Bad request"},
		"a long header":              {"GET / HTTP/1.1\r\nHost: x\r\nCookie: a=" + strings.Repeat("x", 100<<10) + "\r\n\r\n", 431, "too large"},
		"an unknown encoding":        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x\r\n\r\n", 501, "Not Implemented"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", host)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(20 * time.Second))
			go fmt.Fprint(conn, c.request)
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			h := resp.Header
			if resp.StatusCode != c.status || !resp.Close || !strings.Contains(string(body), c.title) || !strings.Contains(string(body), `class="brand"`) || !strings.Contains(string(body), h.Get("X-Request-Id")) {
				t.Errorf("the answer is %d, the last %t, want %d, a page about %q: %.400s", resp.StatusCode, resp.Close, c.status, c.title, body)
			}
			if h.Get("Content-Type") != "text/html; charset=utf-8" || h.Get("Content-Security-Policy") == "" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "private, no-store" {
				t.Errorf("the page's headers are %v, want those of every page", h)
			}
		})
	}
}
