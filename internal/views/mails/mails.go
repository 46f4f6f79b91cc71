// Package mails is the look of the mail that the site sends: one layout, as text and
// as HTML from the same words. There are no pictures, nothing is loaded and nothing is
// counted.
package mails

import (
	"strings"
	"unicode"
)

// Site is whose mail it is.
type Site struct {
	Name string
	URL  string // its origin, such as https://app.example
}

// Mail is what a mail says. Text of users may stand in it, where it is only text. Mind
// that mail programs make links of whatever looks like one: to an address that nobody
// has proven yet, send no name that somebody has typed.
type Mail struct {
	Subject    string   // is its title as well
	Paragraphs []string // a line of text each
	Action     Action   // the one thing to do; zero = none
	Note       string   // in small print: what to do if it was not you; "" = nothing
}

// Action is a button.
type Action struct {
	Text string // verb and object: "Verify this address"
	Href string // an address of the site, from its configuration and never from a request
}

// text is for programs that show no HTML, and for people who want none.
func (s Site) text(m Mail) string {
	blocks := append([]string{m.Subject}, m.Paragraphs...)
	if m.Action.Href != "" {
		blocks = append(blocks, m.Action.Text+":\n"+m.Action.Href)
	}
	if m.Note != "" {
		blocks = append(blocks, m.Note)
	}
	return strings.Join(append(blocks, "-- \n"+s.Name+"\n"+s.URL), "\n\n") + "\n"
}

// flat has each text on a line of its own, so that no name begins a paragraph.
func (m Mail) flat() Mail {
	flat := Mail{Subject: line(m.Subject), Action: Action{line(m.Action.Text), line(m.Action.Href)}, Note: line(m.Note)}
	for _, p := range m.Paragraphs {
		flat.Paragraphs = append(flat.Paragraphs, line(p))
	}
	return flat
}

func line(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}
