package sqlite

import (
	"path/filepath"
	"testing"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

// open returns a store on the file, migrated, for as long as the test runs.
func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	authtest.Run(t, func(t *testing.T) auth.Store { return open(t, filepath.Join(t.TempDir(), "app.db")) })
}
