package sqlite

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
)

func TestErrorsSayWhatToDo(t *testing.T) { // LO-1
	dir := t.TempDir()
	for name, content := range map[string]string{"notes.txt": strings.Repeat("no database ", 100), "file": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "notes.txt"), "no SQLite database: check DATABASE_URL"},
		{filepath.Join(dir, "file", "app.db"), "may this program write there? check DATABASE_URL"},
		{dir, "check DATABASE_URL"},
	} {
		_, err := Open(t.Context(), c.path)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) {
			t.Errorf("Open(%s) = %v, want the path and %q", c.path, err, c.want)
		}
	}
}

func TestAFullDiskIsAnErrorThatSaysSo(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "app.db"))
	// The writer is one connection, and to SQLite a full disk and a file at
	// its size limit are the same.
	if _, err := s.writer.ExecContext(t.Context(), `PRAGMA max_page_count = 1`); err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	u := auth.User{ID: "ada", Email: "ada@example.com", Name: strings.Repeat("x", 100_000), CreatedAt: noon, UpdatedAt: noon}
	if err := s.CreateUser(t.Context(), u, ""); err == nil || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("CreateUser on a full disk = %v, want it to say so", err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("Ping = %v, want reads to go on", err)
	}
}

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps permissions otherwise")
	}
	dir := filepath.Join(t.TempDir(), "new", "folder")
	open(t, filepath.Join(dir, "app.db"))
	want := map[string]fs.FileMode{"": 0o700, "../": 0o700, "app.db": 0o600, "app.db-wal": 0o600, "app.db-shm": 0o600, "app.db.lock": 0o600}
	for name, mode := range want {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != mode {
			t.Errorf("%q has mode %v, want %v", name, info.Mode().Perm(), mode)
		}
	}
}

func TestAPathIsTakenLiterally(t *testing.T) {
	name := "ünï code %41 #1 & a=b;c"
	if runtime.GOOS != "windows" {
		name += "?_txlock=deferred"
	}
	path := filepath.Join(t.TempDir(), name)
	s := open(t, path)
	var file string
	if err := s.writer.QueryRowContext(t.Context(), `SELECT file FROM pragma_database_list`).Scan(&file); err != nil {
		t.Fatal(err)
	}
	if filepath.Base(file) != name {
		t.Errorf("SQLite opened %q, want %q", filepath.Base(file), name)
	}
}

func TestConnectionsHaveTheSettingsThatTheStoreReliesOn(t *testing.T) { // DB-3
	s := open(t, filepath.Join(t.TempDir(), "app.db"))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "1500"} {
		var got string
		if err := s.writer.QueryRowContext(t.Context(), fmt.Sprintf("PRAGMA %s", pragma)).Scan(&got); err != nil || got != want {
			t.Errorf("PRAGMA %s = %q, %v, want %q", pragma, got, err, want)
		}
	}
	if _, err := s.reader.ExecContext(t.Context(), `DELETE FROM users`); err == nil {
		t.Error("the reader can write")
	}
	other := open(t, s.path)
	tx, err := s.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := other.writer.ExecContext(t.Context(), `PRAGMA busy_timeout = 0`); err != nil { // do not wait
		t.Fatal(err)
	}
	if tx, err := other.writer.BeginTx(t.Context(), nil); err == nil {
		tx.Rollback()
		t.Error("two transactions that may write began at once")
	}
}
