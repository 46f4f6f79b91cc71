package auth

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"latchkey/internal/testenv"
)

// docs/operations.md has every event, and no other.
func TestEveryEventIsDocumented(t *testing.T) {
	code, err := os.ReadFile("event_names.go")
	if err != nil {
		t.Fatal(err)
	}
	docs, ok := testenv.Document(t, "operations.md")
	if !ok {
		return
	}
	var inCode, inDocs []string
	for _, m := range regexp.MustCompile(`(?m)^\tEvent\w+\s+= "(\w+)"`).FindAllSubmatch(code, -1) {
		inCode = append(inCode, string(m[1]))
	}
	table := regexp.MustCompile(`(?s)## Security events.*?\n## `).FindString(docs)
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|").FindAllStringSubmatch(table, -1) {
		for _, name := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row[1], -1) {
			inDocs = append(inDocs, name[1])
		}
	}
	slices.Sort(inCode)
	slices.Sort(inDocs)
	if len(inCode) < 15 || !slices.Equal(inCode, inDocs) {
		t.Errorf("the events are\n%q, and docs/operations.md has\n%q", inCode, inDocs)
	}
}
