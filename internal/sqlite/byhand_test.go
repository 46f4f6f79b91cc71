package sqlite

import (
	"database/sql"
	"os/exec"
	"path/filepath"
	"testing"

	"latchkey/internal/accounts/accountstest"
	"latchkey/internal/auth/authtest"
)

func TestChangesByHandAreSeen(t *testing.T) {
	authtest.RunByHand(t, "unixepoch() * 1000", func(t *testing.T) (authtest.Backend, func(string)) {
		s := open(t, filepath.Join(t.TempDir(), "app.db"))
		return accountstest.WithHash{Backend: s}, func(statement string) { byHand(t, s.path, statement) }
	})
}

// byHand runs a statement as an operator does: in sqlite3, of whatever age, or
// else in this program; in either without foreign keys.
func byHand(t *testing.T, path, statement string) {
	t.Helper()
	if shell, err := exec.LookPath("sqlite3"); err == nil {
		if out, err := exec.Command(shell, "-cmd", ".timeout 5000", path, statement).CombinedOutput(); err != nil {
			t.Fatalf("sqlite3: %v: %s", err, out)
		}
		return
	}
	db, err := sql.Open("sqlite", address(path)+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
