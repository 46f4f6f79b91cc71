package house

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testenv"
)

var (
	standardRow = regexp.MustCompile(`(?m)^\| (\d+\.\d+\.\d+) \| [12] \|[^|]*\| ([^|]*) \|.*\| ([^|]*) \|$`)
	// standard are the numbers of the requirements of levels 1 and 2 in each section of
	// chapters 6 and 7 of ASVS 5.0.
	standard = map[string][]int{
		"6.1": {1, 2, 3}, "6.2": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, "6.3": {1, 2, 3, 4}, "6.4": {1, 2, 3, 4}, "6.5": {1, 2, 3, 4, 5},
		"6.6": {1, 2, 3}, "6.8": {1, 2, 3, 4}, "7.1": {1, 2, 3}, "7.2": {1, 2, 3, 4}, "7.3": {1, 2}, "7.4": {1, 2, 3, 4, 5}, "7.5": {1, 2}, "7.6": {1, 2},
	}
)

// TestTheTableOfTheStandardIsWhole: each requirement has a row, and each row that says yes
// a test that exists.
func TestTheTableOfTheStandardIsWhole(t *testing.T) {
	table, ok := testenv.Document(t, "security.md")
	if !ok {
		return
	}
	c := readCode(t)
	rows := map[string]bool{}
	for _, row := range standardRow.FindAllStringSubmatch(table, -1) {
		names := testName.FindAllStringSubmatch(row[3], -1)
		if rows[row[1]] = true; strings.HasPrefix(row[2], "yes") && len(names) == 0 {
			t.Errorf("docs/security.md names no test for %s", row[1])
		}
		for _, name := range names {
			if !c.has(name[1], name[2]) {
				t.Errorf("docs/security.md says that %s shows %s: there is no such test", name[0], row[1])
			}
		}
	}
	for section, numbers := range standard {
		for _, n := range numbers {
			if id := fmt.Sprintf("%s.%d", section, n); !rows[id] {
				t.Errorf("docs/security.md has no row for %s", id)
			}
		}
	}
}
