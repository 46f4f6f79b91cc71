package testenv

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// marionette speaks Firefox's own protocol for remote control, WebDriver without
// the driver: JSON in both directions, each message after its length in bytes
// and a colon. A command is [0, id, name, parameters], its answer [1, id, error,
// result]. Commands are for the window that was switched to last, so a caller
// that has several sends the switch and the command in one do.
// https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
type marionette struct {
	mu     sync.Mutex
	conn   net.Conn
	in     *bufio.Reader
	lastID int
}

// order is one command.
type order struct {
	name   string
	params map[string]any
}

// answerTimeout is for one command, the loading of a page included.
const answerTimeout = 30 * time.Second

// dialMarionette connects to a port of this machine and begins a session.
func dialMarionette(port int) (*marionette, error) {
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("marionette: %w", err)
	}
	m := &marionette{conn: conn, in: bufio.NewReader(conn)}
	if _, err := m.read(); err != nil { // the greeting
		return nil, errors.Join(err, conn.Close())
	}
	capabilities := map[string]any{"alwaysMatch": map[string]any{"acceptInsecureCerts": true, "unhandledPromptBehavior": "ignore"}}
	if err := m.do(nil, order{"WebDriver:NewSession", map[string]any{"capabilities": capabilities}}); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return m, nil
}

// do sends commands one after the other, with no other caller's in between, and
// decodes the result of the last into result unless that is nil.
func (m *marionette) do(result any, orders ...order) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, o := range orders {
		raw, err := m.call(o)
		if err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		if i == len(orders)-1 && result != nil {
			return json.Unmarshal(raw, result)
		}
	}
	return nil
}

func (m *marionette) call(o order) (json.RawMessage, error) {
	m.lastID++
	if o.params == nil {
		o.params = map[string]any{}
	}
	message, err := json.Marshal([]any{0, m.lastID, o.name, o.params})
	if err != nil {
		return nil, err
	}
	if err := m.conn.SetDeadline(time.Now().Add(answerTimeout)); err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(message), message); err != nil {
		return nil, err
	}
	raw, err := m.read()
	if err != nil {
		return nil, err
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || len(parts) != 4 {
		return nil, fmt.Errorf("unexpected answer %.200s", raw)
	}
	var failure *struct{ Error, Message string }
	if err := json.Unmarshal(parts[2], &failure); err != nil {
		return nil, err
	}
	if failure != nil {
		return nil, fmt.Errorf("%s: %s", failure.Error, failure.Message)
	}
	return parts[3], nil
}

func (m *marionette) read() ([]byte, error) {
	length, err := m.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil {
		return nil, err
	}
	message := make([]byte, n)
	_, err = io.ReadFull(m.in, message)
	return message, err
}
