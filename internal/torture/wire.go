package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/authjs"
)

const answerTimeout = 5 * time.Second

// request is one of a browser.
type request struct {
	method, path string
	cookie       string // of the session; "" = none
	companion    string // beside it
	device       string // see account; "" = not sent
	address      string // that it comes from
	agent        string // "" = browserAgent
	form         string // urlencoded; "" = none
	navigates    bool   // a page is opened, or a form sent
}

// answer is what came back.
type answer struct {
	status    int
	location  string
	body      []byte
	cookie    string // the session cookie that it sets; "" = none
	companion string // likewise
	device    string // likewise
	by        *life
	sent, got time.Time
}

// redirectsTo reports whether the answer leads to a path, whatever its query.
func (a answer) redirectsTo(path string) bool {
	at, _, _ := strings.Cut(a.location, "?")
	return a.status == http.StatusSeeOther && at == path
}

var (
	cookieName    = authjs.SessionCookie(true).Name
	companionName = auth.CompanionName(cookieName)
	errDown       = errors.New("the server is down")
)

// client sends requests one after the other, on a connection to each instance.
type client struct{ conns map[*instance]*conn }

type conn struct {
	net.Conn
	in *bufio.Reader
	to *life
}

func newClient() *client { return &client{map[*instance]*conn{}} }

func (c *client) close() {
	for i, conn := range c.conns {
		conn.Close()
		delete(c.conns, i)
	}
}

// do sends a request to an instance. An error means that there is no answer, and that
// nobody knows whether it was carried out.
func (c *client) do(to *instance, r request) (answer, error) {
	conn, err := c.conn(to)
	if err != nil {
		return answer{}, err
	}
	a := answer{by: conn.to, sent: time.Now()}
	last, err := conn.exchange(r, &a)
	if err != nil || last {
		conn.Close()
		delete(c.conns, to)
	}
	a.got = time.Now()
	return a, err
}

// conn is the connection to an instance as it runs now.
func (c *client) conn(to *instance) (*conn, error) {
	now := to.alive.Load()
	if known := c.conns[to]; known != nil {
		if known.to == now {
			return known, nil
		}
		known.Close()
		delete(c.conns, to)
	}
	if now == nil {
		return nil, errDown
	}
	tcp, err := net.DialTimeout("tcp", now.server.Addr, answerTimeout)
	if err != nil {
		return nil, err
	}
	if to.alive.Load() != now { // another life has begun meanwhile, and perhaps answers
		tcp.Close()
		return nil, errDown
	}
	c.conns[to] = &conn{tcp, bufio.NewReader(tcp), now}
	return c.conns[to], nil
}

// exchange reports whether the answer was the last on this connection.
func (c *conn) exchange(r request, a *answer) (last bool, err error) {
	_ = c.SetDeadline(time.Now().Add(answerTimeout))
	if _, err := c.Write(r.bytes()); err != nil {
		return true, err
	}
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return true, err
	}
	defer resp.Body.Close()
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		return true, err
	}
	a.status, a.location = resp.StatusCode, resp.Header.Get("Location")
	if len(resp.Header["Set-Cookie"]) > 0 {
		a.keep(resp.Cookies())
	}
	return resp.Close, nil
}

func (a *answer) keep(cookies []*http.Cookie) {
	for _, c := range cookies {
		switch {
		case c.MaxAge < 0 || c.Value == "":
		case c.Name == cookieName:
			a.cookie = c.Value
		case c.Name == companionName:
			a.companion = c.Name + "=" + c.Value
		case strings.Contains(c.Name, "device"):
			a.device = c.Name + "=" + c.Value
		}
	}
}

// bytes are the request as a browser sends it by way of a proxy.
func (r request) bytes() []byte {
	var b bytes.Buffer
	agent := r.agent
	if agent == "" {
		agent = browserAgent
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nX-Forwarded-For: %s\r\nSec-Fetch-Site: same-origin\r\n", r.method, r.path, host, agent, r.address)
	if r.navigates {
		b.WriteString("Accept: text/html\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n")
	} else {
		b.WriteString("Accept: */*\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n")
	}
	var cookies []string
	if r.cookie != "" {
		cookies = append(cookies, cookieName+"="+r.cookie)
	}
	for _, c := range []string{r.companion, r.device} {
		if c != "" {
			cookies = append(cookies, c)
		}
	}
	if len(cookies) > 0 {
		b.WriteString("Cookie: " + strings.Join(cookies, "; ") + "\r\n")
	}
	if r.method == http.MethodPost {
		fmt.Fprintf(&b, "Origin: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", origin, len(r.form))
	}
	b.WriteString("\r\n" + r.form)
	return b.Bytes()
}
