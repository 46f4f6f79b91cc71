package house

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

var (
	securityID  = regexp.MustCompile(`\b(?:CK|TK|SE|RV|CL|CS|LG|PW|RS|RD|HD|RL|CF|LO|DO|DB|PR|CT|MG)-\d+\b|\bD4\b`)
	securityRow = regexp.MustCompile(`(?m)^\| ([A-Z]+-?\d+) \|.*\| ([^|]*) \|$`)
	testName    = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	testFunc    = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// TestTheSecurityTableIsTrue holds docs/security.md against the code: the tests it
// names exist, and so does a line for each id that a comment names.
func TestTheSecurityTableIsTrue(t *testing.T) {
	table, err := os.ReadFile(filepath.Join(root, "docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests, cited := readCode(t)
	lines := map[string]bool{}
	for _, row := range securityRow.FindAllStringSubmatch(string(table), -1) {
		id, shownBy := row[1], row[2]
		if lines[id] {
			t.Errorf("docs/security.md has %s twice", id)
		}
		lines[id] = true
		names := testName.FindAllStringSubmatch(shownBy, -1)
		if len(names) == 0 {
			t.Errorf("docs/security.md names no test for %s", id)
		}
		for _, name := range names {
			if !tests[name[1]] {
				t.Errorf("docs/security.md says that %s shows %s: there is no such test", name[1], id)
			}
		}
	}
	if len(lines) < 50 {
		t.Errorf("docs/security.md has %d lines that can be read, want all of them", len(lines))
	}
	for id, file := range cited {
		if !lines[id] {
			t.Errorf("%s cites %s, which docs/security.md does not have", file, id)
		}
	}
}

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
	table, err := os.ReadFile(filepath.Join(root, "docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests, _ := readCode(t)
	rows := map[string]bool{}
	for _, row := range standardRow.FindAllStringSubmatch(string(table), -1) {
		names := testName.FindAllStringSubmatch(row[3], -1)
		if rows[row[1]] = true; strings.HasPrefix(row[2], "yes") && len(names) == 0 {
			t.Errorf("docs/security.md names no test for %s", row[1])
		}
		for _, name := range names {
			if !tests[name[1]] {
				t.Errorf("docs/security.md says that %s shows %s: there is no such test", name[1], row[1])
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

// readCode finds the tests of this module, and the ids in comments with a file
// that has them.
func readCode(t *testing.T) (tests map[string]bool, cited map[string]string) {
	t.Helper()
	tests, cited = map[string]bool{}, map[string]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_templ.go") || path == "internal/house/security_test.go" {
			return err
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		for _, name := range testFunc.FindAllStringSubmatch(string(text), -1) {
			tests[name[1]] = true
		}
		for line := range strings.Lines(string(text)) {
			if _, comment, ok := strings.Cut(line, "//"); ok {
				for _, id := range securityID.FindAllString(comment, -1) {
					cited[id] = path
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests, cited
}
