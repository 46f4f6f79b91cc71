package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// tree is a repository and the place of its copies. The next copy lies where the last one
// did, since Go keeps the results of tests by their paths: what a recipe does not touch is
// not tested again.
type tree struct {
	from string
	home string // has bin, which is the PATH of what runs in the copy: no browsers and no Node
	dir  string // of the copy

	tests bool // whether the tests of what is left are run
}

// newHome makes a home of copies, with the programs of this machine but without those that
// take minutes to test with.
func newHome() (string, error) {
	home, err := os.MkdirTemp("", "latchkey-recipes-")
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(join(home, "bin"), 0o755); err != nil {
		return "", err
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		entries, _ := os.ReadDir(dir) // a folder that is not there has no programs
		for _, e := range entries {
			if slow(e.Name()) {
				continue
			}
			err := os.Symlink(join(dir, e.Name()), join(home, "bin", e.Name()))
			if err != nil && !os.IsExist(err) { // the first of a name wins, as in PATH
				return "", err
			}
		}
	}
	return home, nil
}

func slow(program string) bool {
	for _, name := range []string{"chromium", "google-chrome", "chrome", "firefox", "headless", "node", "npm"} {
		if strings.HasPrefix(program, name) {
			return true
		}
	}
	return false
}

// left are what a copy does without: they are no part of the project, or this program.
var left = []string{".git", "data", ".env", "node_modules"}

// copy makes the copy anew. Times are kept: Go's cache of tests looks at them.
func (t *tree) copy() error {
	if err := os.RemoveAll(t.dir); err != nil {
		return err
	}
	if err := os.Mkdir(t.dir, 0o755); err != nil {
		return err
	}
	return t.walk(t.from, func(path string, d fs.DirEntry) error {
		from, to := join(t.from, path), join(t.dir, path)
		if d.IsDir() {
			return os.Mkdir(to, 0o755)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(to, text, info.Mode()); err != nil {
			return err
		}
		return os.Chtimes(to, info.ModTime(), info.ModTime())
	})
}

// size is how much a recipe takes, as the copy shows it and not as the recipe says it.
type size struct {
	folders, files []string // that are gone, with all that is in them
	removed, added int      // lines of files that stay; those of go.mod and go.sum do not count
	fresh          int      // files that are new
}

func (s size) String() string {
	text := fmt.Sprintf("%d folders, %d files, %d lines", len(s.folders), len(s.files), s.removed)
	if s.added+s.fresh > 0 {
		text += fmt.Sprintf(", %d new files, %d new lines", s.fresh, s.added)
	}
	return text
}

func (t *tree) size() (s size, err error) {
	err = t.walk(t.from, func(path string, d fs.DirEntry) error {
		now, err := os.ReadFile(join(t.dir, path))
		switch {
		case d.IsDir():
			if _, err := os.Stat(join(t.dir, path)); os.IsNotExist(err) {
				s.folders = append(s.folders, path)
				return filepath.SkipDir
			}
			return nil
		case os.IsNotExist(err):
			s.files = append(s.files, path)
			return nil
		case err != nil || path == "go.mod" || path == "go.sum":
			return err
		}
		was, err := os.ReadFile(join(t.from, path))
		removed, added := differ(was, now)
		s.removed, s.added = s.removed+removed, s.added+added
		return err
	})
	if err != nil {
		return s, err
	}
	return s, t.walk(t.dir, func(path string, d fs.DirEntry) error {
		if _, err := os.Stat(join(t.from, path)); os.IsNotExist(err) && !d.IsDir() {
			s.fresh++
		}
		return nil
	})
}

// walk goes through a repository, with paths from its root.
func (t *tree) walk(root string, do func(path string, d fs.DirEntry) error) error {
	return fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		if slices.Contains(left, d.Name()) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		return do(path, d)
	})
}

// differ counts the lines that are gone and those that are new.
func differ(was, now []byte) (removed, added int) {
	if bytes.Equal(was, now) {
		return 0, 0
	}
	count := map[string]int{}
	for line := range strings.Lines(string(was)) {
		count[line]++
	}
	for line := range strings.Lines(string(now)) {
		count[line]--
	}
	for _, n := range count {
		removed, added = removed+max(n, 0), added+max(-n, 0)
	}
	return removed, added
}

// tooMuch is the promise that a row is a folder and at most three lines.
func (r recipe) tooMuch(s size) (problems []string) {
	if r.script != "" {
		return nil
	}
	most, longer := longRows[r.name]
	if !longer {
		most = limit{folders: 1, lines: 3}
	}
	if len(s.folders) > most.folders || len(s.files) > most.files || s.removed > most.lines || s.added+s.fresh > 0 {
		problems = append(problems, fmt.Sprintf("takes %s, more than %d folders, %d files and %d lines", s, most.folders, most.files, most.lines))
	}
	return problems
}

type limit struct{ folders, files, lines int }

// longRows take more, for the reasons that the README gives. The numbers may go down.
var longRows = map[string]limit{"the notes": {folders: 1, files: 2, lines: 2}}

// mentions are places that still name what is gone. The README describes this whole
// repository, the changelog is history, and tests hold against the code what documents
// there are.
func (t *tree) mentions(s size) (problems []string) {
	gone := slices.Concat(s.folders, s.files)
	for _, folder := range s.folders {
		t.walk(t.from, func(path string, d fs.DirEntry) error {
			if strings.HasPrefix(path, folder+"/") {
				gone = append(gone, path)
			}
			return nil
		})
	}
	t.walk(t.dir, func(path string, d fs.DirEntry) error {
		if d.IsDir() || path == "README.md" || path == "CHANGELOG.md" || strings.HasPrefix(path, ".ci/recipes/") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(join(t.dir, path))
		for _, name := range gone {
			if strings.Contains(name, "/") && bytes.Contains(text, []byte(name)) {
				problems = append(problems, path+" still names "+name)
				break
			}
		}
		return err
	})
	return problems
}
