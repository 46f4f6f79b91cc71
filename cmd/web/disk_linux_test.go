package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // the driver

	"latchkey/internal/testenv"
)

// onOwnDisk runs the test in a process that may mount disks which nobody else sees, and
// which are gone with it, and returns a folder on a disk of so many bytes. In the process
// that cannot, it returns "": where a user may not mount anything, as most may not, this
// test is left out.
func onOwnDisk(t *testing.T, bytes int) (dir string) {
	t.Helper()
	if testing.Short() {
		t.Skip("fills a disk")
	}
	if os.Getenv("LATCHKEY_TEST_OWN_DISK") == "" {
		again := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=2m")
		again.Env = append(os.Environ(), "LATCHKEY_TEST_OWN_DISK=1")
		again.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
		output, err := again.CombinedOutput()
		switch {
		case errors.Is(err, syscall.EPERM):
			t.Logf("left out: this user may mount no disk: %v", err)
		case err == nil && strings.Contains(string(output), "--- SKIP: "+t.Name()):
			t.Skipf("on a disk of its own:\n%s", output)
		case err != nil || !strings.Contains(string(output), "--- PASS: "+t.Name()):
			t.Errorf("on a disk of its own: %v\n%s", err, output)
		default:
			t.Logf("on a disk of its own:\n%s", output)
		}
		return ""
	}
	dir = filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", bytes)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill leaves so many bytes of a disk, and returns what frees the rest.
func fill(t *testing.T, dir string, leave int64) (free func()) {
	t.Helper()
	path := filepath.Join(dir, "fill")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for piece := make([]byte, 4096); err == nil; {
		_, err = f.Write(piece)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the disk ends with %v, want it full", err)
	}
	info, err := f.Stat()
	if err == nil {
		err = f.Truncate(info.Size() - leave)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
}

// onFullDisk signs users up until the disk takes no more, and checks that the one who met its
// end was told and was not let in, that nobody else lost anything, and, once there is room,
// that the same form signs them up after all. A sign-up is a user and then a session: the
// disk may have had room for one of them, or for a session that no browser was given. count
// says how many rows a table has.
func (s *site) onFullDisk(free func(), count func(table string) int, advice string) {
	s.t.Helper()
	let := 1 // Ada
	email, refused := "", reply{}
	for refused.status == 0 {
		email = fmt.Sprintf("user%d@example.com", let)
		_, got := s.signUp(email)
		switch {
		case got.status == 200 && let < 2000:
			let++
		default:
			refused = got
		}
	}
	if refused.status != 503 || slices.ContainsFunc(refused.cookies, ofSession) || refused.header.Get("Retry-After") == "" || !strings.Contains(refused.text, "Nothing is lost") {
		s.t.Errorf("on a full disk a sign-up after %d others = %d with the cookies %v, want 503 and none of a session:\n%s", let, refused.status, refused.cookies, refused.text)
	}
	until(s.t, "the log says "+advice, func() bool { return strings.Contains(s.output.String(), advice) })
	ends := func(c *http.Cookie) bool { return ofSession(c) && (c.MaxAge < 0 || c.Value == "") } // a renewal may fit in
	if got := s.get(s.ada, "/dashboard"); got.status != 200 && got.status != 503 || slices.ContainsFunc(got.cookies, ends) {
		s.t.Errorf("on a full disk the dashboard = %d with the cookies %v, want 200 or 503 and their session kept", got.status, got.cookies)
	}
	if got := s.get(s.ada, "/healthz"); got.status != 200 {
		s.t.Errorf("on a full disk /healthz = %d, want 200: another start makes no room", got.status)
	}
	free()
	if users, sessions := count("users"), count("sessions"); users < let || users > let+1 || sessions < let || sessions > users {
		s.t.Errorf("%d sign-ups that succeeded are %d users and %d sessions, want one of each, and at most one more for the one that failed", let, users, sessions)
	}
	s.back()
	if _, got := s.signUp(email); got.status != 200 || !strings.Contains(got.text, "Dashboard") {
		s.t.Errorf("once there is room the user who was refused signs up = %d, want the dashboard", got.status)
	}
	s.t.Logf("the disk was full after %d sign-ups", let)
}

func ofSession(c *http.Cookie) bool { return strings.Contains(c.Name, "session-token") }

// DB-1, DB-3: a full disk of a SQLite file.
func TestAFullDiskUnderSQLite(t *testing.T) {
	dir := onOwnDisk(t, 3<<20)
	if dir == "" {
		return
	}
	file := filepath.Join(dir, "app.db")
	s := started(t, t.TempDir(), "jwt", "sqlite:"+file)
	free := fill(t, dir, 256<<10)
	s.onFullDisk(free, func(table string) (n int) {
		db, err := sql.Open("sqlite", "file:"+file+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		var whole string
		if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&whole); err != nil || whole != "ok" {
			t.Errorf("the file is %q, %v, want it whole", whole, err)
		}
		return n
	}, "the disk is full: make room on it")
}

// DB-3: a disk that was mounted read-only, as a system does after an error. The program says so
// and does not start; on a disk that can be written, nobody has been signed out.
func TestAReadOnlyDiskUnderSQLite(t *testing.T) {
	dir := onOwnDisk(t, 3<<20)
	if dir == "" {
		return
	}
	home, file := t.TempDir(), filepath.Join(dir, "app.db")
	s := started(t, home, "database", "sqlite:"+file)
	s.cmd.Process.Signal(syscall.SIGTERM)
	s.exit(0)
	remount := func(flags uintptr) {
		if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	remount(syscall.MS_RDONLY)
	output := start(t, home, "ADDR=localhost:0", "DATABASE_URL=sqlite:"+file).exit(1)
	if !strings.Contains(output, file) || !strings.Contains(output, "may this program write there?") && !strings.Contains(output, "must be writable") {
		t.Errorf("on a read-only disk the program says %s, want the file and what to do", output)
	}
	remount(0)
	again := &site{process: start(t, home, "ADDR="+strings.TrimPrefix(s.url, "http://"), "DATABASE_URL=sqlite:"+file, "SESSION_STRATEGY=database", "RATE_LIMIT=off"), ada: s.ada, email: s.email}
	if got := again.get(again.ada, "/dashboard"); again.url != s.url || got.status != 200 || !strings.Contains(got.text, "Dashboard") {
		t.Errorf("on a disk that can be written again the dashboard at %s = %d, want Ada signed in at %s", again.url, got.status, s.url)
	}
}

// DB-1, DB-3: a full disk of a PostgreSQL server, whose log is on another disk: where that one is full, the
// server stops, which is an outage like any.
func TestAFullDiskUnderPostgreSQL(t *testing.T) {
	dir := onOwnDisk(t, 16<<20)
	if dir == "" {
		return
	}
	c := testenv.PostgresCluster(t)
	dsn := c.DSN("postgres")
	giveToServer(t, dir, dsn)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, statement := range []string{"CREATE TABLESPACE small LOCATION '" + filepath.Join(dir, "small") + "'", "CREATE DATABASE app TABLESPACE small"} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	app := c.DSN("app")
	s := started(t, t.TempDir(), "database", app)
	s.onFullDisk(fill(t, dir, 64<<10), func(table string) int { return query(t, app, "SELECT count(*) FROM "+table) }, "the database's disk is full: make room on it")
}

// giveToServer makes a folder that belongs to the user as whom the server runs.
func giveToServer(t *testing.T, dir, dsn string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(u.Query().Get("host"))
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	small := filepath.Join(dir, "small")
	if err := os.Mkdir(small, 0o700); err != nil {
		t.Fatal(err)
	}
	for path := small; path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(small, int(owner.Uid), int(owner.Gid)); err != nil {
		t.Fatal(err)
	}
}
