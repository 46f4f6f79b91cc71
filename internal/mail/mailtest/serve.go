package mailtest

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"time"
)

// conversation is with one client.
type conversation struct {
	*Sink
	conn   net.Conn
	text   *textproto.Conn
	secure bool
	known  bool // the client has said the password
	mail   Received
}

func (s *Sink) serve(conn net.Conn) {
	defer func() {
		conn.Close()
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
	}()
	c := &conversation{Sink: s, conn: conn}
	if s.Implicit {
		c.conn, c.secure = tls.Server(conn, s.config()), true
	}
	c.text = textproto.NewConn(c.conn)
	c.say("220 sink ready")
	for {
		line, err := c.text.ReadLine()
		if err != nil || !c.answer(line) {
			return
		}
	}
}

func (s *Sink) config() *tls.Config { return &tls.Config{Certificates: []tls.Certificate{s.cert}} }

func (c *conversation) say(lines ...string) {
	for _, line := range lines {
		c.text.PrintfLine("%s", line)
	}
}

// answer reports whether the conversation goes on.
func (c *conversation) answer(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	verb = strings.ToUpper(verb)
	path := strings.Trim(strings.TrimSpace(rest[strings.IndexByte(rest, ':')+1:]), "<>")
	switch {
	case verb == "QUIT":
		c.say("221 bye")
		return false
	case verb == "EHLO":
		c.hello()
	case verb == "STARTTLS" && c.StartTLS && !c.secure:
		c.say("220 go ahead")
		c.conn, c.secure = tls.Server(c.conn, c.config()), true
		c.text = textproto.NewConn(c.conn)
	case (verb == "AUTH" || verb == "MAIL" || verb == "RCPT" || verb == "DATA") && c.refusal(verb, path) != "":
		c.say(c.refusal(verb, path))
	case verb == "AUTH":
		c.auth(rest)
	case verb == "MAIL" && c.User != "" && !c.known:
		c.say("530 5.7.0 authentication required")
	case verb == "MAIL":
		path, _, _ = strings.Cut(path, ">")
		c.mail = Received{From: path}
		c.say("250 ok")
	case verb == "RCPT":
		c.mail.To = append(c.mail.To, path)
		c.say("250 ok")
	case verb == "DATA":
		return c.data()
	default:
		c.say("502 not here")
	}
	return true
}

func (c *conversation) hello() {
	c.say("250-sink")
	if c.StartTLS && !c.secure {
		c.say("250-STARTTLS")
	}
	if c.User != "" {
		c.say("250-AUTH PLAIN LOGIN")
	}
	c.say("250 ENHANCEDSTATUSCODES")
}

func (c *conversation) auth(rest string) {
	if !c.secure {
		c.mu.Lock()
		c.passwords++
		c.mu.Unlock()
	}
	_, encoded, _ := strings.Cut(rest, " ")
	said, _ := base64.StdEncoding.DecodeString(encoded)
	if string(said) != "\x00"+c.User+"\x00"+c.Password {
		c.say(fmt.Sprintf("535 5.7.8 %s is not the password", strings.ReplaceAll(string(said), "\x00", " "))) // as indiscreet as can be
		return
	}
	c.known = true
	c.say("235 welcome")
}

func (c *conversation) data() bool {
	c.say("354 go ahead")
	content, err := io.ReadAll(bufio.NewReader(c.text.DotReader()))
	if err != nil {
		return false
	}
	if !c.pause(func(s *Sink) time.Duration { return s.Delay }) {
		return false
	}
	if say := c.refusal(".", ""); say != "" {
		c.say(say)
		return true
	}
	c.mail.Raw, c.mail.Secure = string(content), c.secure
	c.keep(c.mail)
	if !c.pause(func(s *Sink) time.Duration { return s.Late }) {
		return false
	}
	c.say("250 taken")
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.HangUp
}

// pause reports false if the server stops meanwhile: a crash waits for nobody.
func (c *conversation) pause(long func(*Sink) time.Duration) bool {
	c.mu.Lock()
	d := long(c.Sink)
	c.mu.Unlock()
	select {
	case <-c.stopped:
		return false
	case <-time.After(d):
		return true
	}
}
