package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const table = "## Delete what you don't need\n\n| to be rid of | delete | and these lines |\n|---|---|---|\n%ROW%\n\n## Next\n"

func readRow(row string) ([]recipe, error) { return read(strings.Replace(table, "%ROW%", row, 1)) }

// Nothing may be left to the reader's guess.
func TestOnlyRowsThatCanBeFollowedAreTaken(t *testing.T) {
	for _, row := range []string{
		"| the lab | `lab/` and its tests | 1 with `lab` in `parts.go` |", "| the lab | `lab/` | its line in `parts.go` |", "| the lab |  |  |", "",
	} {
		if got, err := readRow(row); err == nil {
			t.Errorf("the row %q is taken as %+v, want an error", row, got)
		}
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatARowLeavesBehindIsFound(t *testing.T) {
	const row = "| the lab | `lab/` | 1 with `lab` in `parts.go` |"
	for name, tt := range map[string]struct {
		row   string
		files map[string]string // beside lab/lab.go and parts.go
		want  string            // "": it holds
	}{
		"as it should be":          {row, nil, ""},
		"a line more":              {row, map[string]string{"parts.go": "the lab\nthe lab\nnotes\n"}, "has 2 lines"},
		"nothing to delete":        {"| the lab | `lib/` | 1 with `lab` in `parts.go` |", nil, "nothing called lib"},
		"a link to what is gone":   {row, map[string]string{"docs/x.md": "[the lab](../lab/lab.go)"}, "has a link to"},
		"a word of what is gone":   {row, map[string]string{"docs/x.md": "see lab/lab.go"}, "still names"},
		"a second folder":          {"| the lab | `lab/`, `docs/` | 1 with `lab` in `parts.go` |", map[string]string{"docs/x.md": ""}, "takes 2 folders"},
		"a link within the folder": {row, map[string]string{"lab/x.md": "[the lab](lab.go)"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			tr := &tree{from: join(home, "from"), home: home, dir: join(home, "copy")}
			write(t, tr.from, map[string]string{"lab/lab.go": "package lab\n", "parts.go": "the lab\nnotes\n"})
			write(t, tr.from, tt.files)
			recipes, err := readRow(tt.row)
			if err != nil {
				t.Fatal(err)
			}
			var problems []string
			if err := tr.follow(recipes[0]); err != nil {
				problems = []string{err.Error()}
			} else {
				_, problems = tr.look(recipes[0])
			}
			if got := strings.Join(problems, "\n"); (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("the problems are %q, want %q", got, tt.want)
			}
		})
	}
}
