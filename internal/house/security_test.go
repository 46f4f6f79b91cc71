package house

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testenv"
)

const root = "../.."

var (
	securityID  = regexp.MustCompile(`\b(?:CK|TK|SE|RV|CL|CS|LG|PW|RS|RD|HD|RL|CF|LO|DO|DB|PR|CT|MG)-\d+\b|\bD4\b`)
	securityRow = regexp.MustCompile(`(?m)^\| ([A-Z]+-?\d+) \|.*\| ([^|]*) \|$`)
	testName    = regexp.MustCompile("`(?:(\\w+)\\.)?((?:Test|Fuzz)\\w+)`")
	testFunc    = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// TestTheSecurityTableIsTrue holds docs/security.md against the code: the tests it
// names exist, and so does a line for each id that a comment names. A test that is named
// with its folder, such as `notes.TestNotes`, may be gone with that folder.
func TestTheSecurityTableIsTrue(t *testing.T) {
	table, ok := testenv.Document(t, "security.md")
	if !ok {
		return
	}
	c := readCode(t)
	lines := map[string]bool{}
	for _, row := range securityRow.FindAllStringSubmatch(table, -1) {
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
			if !c.has(name[1], name[2]) {
				t.Errorf("docs/security.md says that %s shows %s: there is no such test", name[0], id)
			}
		}
	}
	if len(lines) < 50 {
		t.Errorf("docs/security.md has %d lines that can be read, want all of them", len(lines))
	}
	for id, file := range c.cited {
		if !lines[id] {
			t.Errorf("%s cites %s, which docs/security.md does not have", file, id)
		}
	}
}

// code is what the tables are held against.
type code struct {
	tests   map[string]bool   // by their names, alone and behind that of their folder
	folders map[string]bool   // by their names
	cited   map[string]string // ids in comments, with a file that has them
}

// has reports whether there is a test, in a folder if that is named: where that is gone, the
// project does without an optional part, and without its tests.
func (c code) has(folder, test string) bool {
	if folder == "" {
		return c.tests[test]
	}
	return !c.folders[folder] || c.tests[folder+"."+test]
}

func readCode(t *testing.T) code {
	t.Helper()
	c := code{map[string]bool{}, map[string]bool{}, map[string]string{}}
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_templ.go") || path == "internal/house/security_test.go" {
			return err
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		folder := filepath.Base(filepath.Dir(path))
		c.folders[folder] = true
		for _, name := range testFunc.FindAllStringSubmatch(string(text), -1) {
			c.tests[name[1]], c.tests[folder+"."+name[1]] = true, true
		}
		for line := range strings.Lines(string(text)) {
			if _, comment, ok := strings.Cut(line, "//"); ok {
				for _, id := range securityID.FindAllString(comment, -1) {
					c.cited[id] = path
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
