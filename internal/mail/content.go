package mail

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"unicode"
)

// ErrAddress is a recipient that is not one plain address.
var ErrAddress = errors.New("not an address that mail goes to")

const maxAddress = 254 // octets (RFC 5321 §4.5.3.1.3)

// isAddress reports whether a text is one mailbox and nothing else: no list, name,
// comment, quotation or line break that a mail server would read as more. The
// accounts check more; this is what a header needs.
func isAddress(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	if !ok || local == "" || domain == "" || len(text) > maxAddress {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),:;<>[\]`, r) }) &&
		!strings.Contains(domain, "@")
}

// oneLine is a text that cannot begin another header.
func oneLine(text string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(clean), " ")
}

// newID is 128 random bits and more, which also name the mail to its readers.
func newID() string { return rand.Text() }

// Sealer encrypts and authenticates a text; authjs.Sealer does.
type Sealer interface {
	Seal(payload []byte) (string, error)
	Open(sealed string) ([]byte, error)
}

// content is what is sealed. The id ties it to its row.
type content struct {
	ID string
	Message
}

func seal(sealer Sealer, id string, msg Message) (string, error) {
	var payload bytes.Buffer
	e := json.NewEncoder(&payload)
	e.SetEscapeHTML(false) // markup would take twice the room
	if err := e.Encode(content{id, msg}); err != nil {
		return "", err
	}
	return sealer.Seal(payload.Bytes())
}

var errContent = errors.New("the content belongs to another mail")

// open returns the message of a row, unless it was made for another row or reader.
func open(sealer Sealer, q Queued) (Message, error) {
	payload, err := sealer.Open(q.Sealed)
	if err != nil {
		return Message{}, err
	}
	var c content
	if err := json.Unmarshal(payload, &c); err != nil {
		return Message{}, err
	}
	if c.ID != q.ID || c.To != q.To {
		return Message{}, errContent
	}
	return c.Message, nil
}
