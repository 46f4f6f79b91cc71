package main

import (
	"strings"
	"testing"

	"latchkey/internal/testenv"
)

// What docs/reliability.md says is what came out, and nothing was seen that must not be.
func TestTheDocumentIsOfThePublishedRun(t *testing.T) {
	const root = "../.."
	p, err := readPublished(root)
	if err != nil {
		t.Fatal(err)
	}
	if document, ok := testenv.Document(t, "reliability.md"); ok && !strings.Contains(document, p.markdown()) {
		t.Error("docs/reliability.md has not the tables of published.json; to write them: go run ./internal/torture -report")
	}
	for _, r := range p.Results {
		if r.bad() {
			t.Errorf("the published trial %s has seen %v", r.Name, r.Violations)
		}
	}
	for _, b := range bugs {
		found := false
		for _, c := range p.Controls {
			found = found || c.Bug == b.name && c.Seen > 0 && c.Finds == b.finds && c.Words == b.words
		}
		if !found {
			t.Errorf("published.json does not say that the planted bug %q was found; to look: go run ./internal/torture -controls all -update", b.name)
		}
	}
}
