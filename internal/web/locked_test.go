package web_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver
)

// lockedSQLite is what SQLite says of a file that another program is writing to.
func lockedSQLite(t *testing.T) error {
	t.Helper()
	file := filepath.Join(t.TempDir(), "locked.db")
	var open [2]*sql.DB
	for i := range open {
		db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		open[i] = db
	}
	tx, err := open[0].BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err = open[1].BeginTx(t.Context(), nil); err == nil {
		t.Fatal("a second writer is let in; this test proves nothing")
	}
	return err
}
