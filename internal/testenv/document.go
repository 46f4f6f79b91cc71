package testenv

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Document is the text of a file in docs/, for a test that holds it against the code.
// ok is false in a project that has deleted docs/: there is nothing to hold then.
func Document(t testing.TB, name string) (text string, ok bool) {
	t.Helper()
	docs := filepath.Join(root(t), "docs")
	if _, err := os.Stat(docs); errors.Is(err, fs.ErrNotExist) {
		return "", false
	}
	content, err := os.ReadFile(filepath.Join(docs, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content), true
}

// root is the folder of the module: a test runs in that of its package.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if isFile(dir, "go.mod") {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	t.Fatalf("no folder above this test has a go.mod: %v", err)
	return ""
}
