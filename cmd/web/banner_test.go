package main

import (
	"bytes"
	"net"
	"strings"
	"testing"
)

// lacking is a database that does without something.
type lacking struct{ database }

func (lacking) Describe() string { return "PostgreSQL at db.example" }
func (lacking) Notes() []string  { return []string{"the database refuses notifications"} }

func TestTheBannerSaysWhatTheDatabaseDoesWithout(t *testing.T) {
	for _, json := range []bool{false, true} {
		var out bytes.Buffer
		banner(&out, config{logJSON: json}, lacking{}, &net.TCPAddr{})
		if !strings.Contains(out.String(), "the database refuses notifications") {
			t.Errorf("the banner (JSON: %v) is %s, want the database's note in it", json, out.String())
		}
	}
}
