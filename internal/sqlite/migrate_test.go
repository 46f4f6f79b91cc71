package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// This program runs itself as a second process, which does to the file in
// SQLITE_TEST_FILE what SQLITE_TEST_DO says.
func TestMain(m *testing.M) {
	path, ctx := os.Getenv("SQLITE_TEST_FILE"), context.Background()
	var err error
	switch os.Getenv("SQLITE_TEST_DO") {
	case "":
		os.Exit(m.Run())
	case "migrate":
		err = migrateOnce(ctx, path)
	case "lock": // and hold it for as long as standard input lasts
		_, err = lock(ctx, path)
		fmt.Println("locked", err)
		io.Copy(io.Discard, os.Stdin)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func process(t *testing.T, do, path string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "SQLITE_TEST_DO="+do, "SQLITE_TEST_FILE="+path)
	return cmd
}

func migrateOnce(ctx context.Context, path string) error {
	s, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	return s.Ready(ctx)
}

func TestTenInstancesMigrateAtOnce(t *testing.T) { // MG-1
	path := filepath.Join(t.TempDir(), "app.db")
	var starting sync.WaitGroup
	for range 10 {
		cmd := process(t, "migrate", path)
		starting.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("a process that starts beside others: %v: %s", err, out)
			}
		})
	}
	for range 3 { // and within this one
		starting.Go(func() {
			if err := migrateOnce(t.Context(), path); err != nil {
				t.Errorf("a store that opens beside others: %v", err)
			}
		})
	}
	starting.Wait()
	s := open(t, path)
	var versions, distinct int
	if err := s.reader.QueryRowContext(t.Context(), `SELECT count(*), count(DISTINCT version_id) FROM goose_db_version`).Scan(&versions, &distinct); err != nil {
		t.Fatal(err)
	}
	if versions != distinct {
		t.Errorf("%d migrations were applied, %d of them different", versions, distinct)
	}
}

func TestAnInstanceThatDiesWhileMigratingHoldsNobodyUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.db")
	dying := process(t, "lock", path)
	stdin, err := dying.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := dying.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := dying.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "locked <nil>\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	migrated := make(chan error, 1)
	go func() { migrated <- migrateOnce(t.Context(), path) }()
	dying.Process.Kill()
	dying.Wait()
	if err := <-migrated; err != nil {
		t.Errorf("Migrate = %v", err)
	}
}

func TestMigrateWaitsForItsTurnOnlyAsLongAsItsCaller(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "app.db"))
	unlock, err := lock(t.Context(), s.path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	migrated := make(chan error, 1)
	go func() { migrated <- s.Migrate(ctx) }()
	cancel()
	if err := <-migrated; err == nil {
		t.Error("Migrate = nil while another holds the lock, want an error")
	}
	unlock()
	if err := s.Migrate(t.Context()); err != nil {
		t.Errorf("Migrate = %v once the lock is free", err)
	}
}

func TestReadyBeforeMigrateIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Ready(t.Context()); err == nil {
		t.Error("Ready = nil on an empty database, want an error")
	}
	open(t, path) // another instance migrates
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("Ready = %v once another instance has migrated, want nil", err)
	}
}
