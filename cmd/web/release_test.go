package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"latchkey/internal/testenv"
)

// The next releases rename sessions.last_seen_at, which every renewal writes, to seen_at,
// in the steps of docs/operations.md.
const (
	// expand makes the new column and keeps both equal, whichever release writes.
	expand = `-- +goose Up
SET LOCAL lock_timeout = '5s';
ALTER TABLE sessions ADD COLUMN seen_at timestamptz;
-- +goose StatementBegin
CREATE FUNCTION sessions_seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.seen_at := coalesce(NEW.seen_at, NEW.last_seen_at);
        NEW.last_seen_at := NEW.seen_at;
    ELSIF NEW.seen_at IS DISTINCT FROM OLD.seen_at THEN
        NEW.last_seen_at := NEW.seen_at;
    ELSE
        NEW.seen_at := NEW.last_seen_at;
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER sessions_seen BEFORE INSERT OR UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION sessions_seen();
UPDATE sessions SET seen_at = last_seen_at;
`
	// contract takes away what the release before the last needed.
	contract = `-- +goose Up
SET LOCAL lock_timeout = '5s';
DROP TRIGGER sessions_seen ON sessions;
DROP FUNCTION sessions_seen();
ALTER TABLE sessions ALTER COLUMN seen_at SET NOT NULL, DROP COLUMN last_seen_at;
`
)

// releases builds the two releases after this one: the first expands the schema and uses
// the new column alone, the second contracts it.
func releases(t *testing.T) (next, last string) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		testenv.Missing(t, "The go command", "install Go, and have it in PATH")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files := renamed(t, filepath.Join(root, "internal/postgres"), "last_seen_at", "seen_at")
	files[filepath.Join(root, "migrations", "postgres", "99998_expand.sql")] = expand
	next = release(t, root, files)
	files[filepath.Join(root, "migrations", "postgres", "99999_contract.sql")] = contract
	return next, release(t, root, files)
}

// renamed are the sources of a package that name a column, with another name in its place.
func renamed(t *testing.T, dir, from, to string) map[string]string {
	t.Helper()
	sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, path := range sources {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), from) {
			files[path] = strings.ReplaceAll(string(text), from, to)
		}
	}
	if len(files) == 0 {
		t.Fatalf("no source in %s names %s; this test proves nothing", dir, from)
	}
	return files
}

// release builds the program with these files in the place of those of the tree.
func release(t *testing.T, root string, files map[string]string) (program string) {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for path, text := range files {
		replace[path] = filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(replace[path], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file, program := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "web")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", file, "-o", program, "./cmd/web")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}
