package main

import (
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Who gets the demo user and the parts for development, over everything that decides it.
func TestTheDemoUserIsForTheBuiltInFileOnThisMachine(t *testing.T) {
	modes := []string{"", "development", "production"}
	addrs := map[string]bool{"": true, "localhost:8080": true, "127.0.0.1:8080": true, "127.9.9.9:0": true, "[::1]:80": true, "[::ffff:127.0.0.1]:80": true,
		":8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "192.168.1.5:8080": false, "myhost:8080": false, "localhost.evil.example:80": false}
	urls := map[string]bool{"": true, "http://localhost:8080": true, "https://localhost": true, "http://127.0.0.1": true, "http://[::1]:80": true, "http://app.localhost": true,
		"https://app.example": false, "http://192.168.1.5": false, "https://x-8080.app.github.dev": false, "http://localhost.evil.example": false}
	databases := []string{"", "sqlite:data/app.db", "sqlite:other.db", "postgres://localhost/app", "postgresql://db.example/app"}
	for _, mode := range modes {
		for addr, addrHere := range addrs {
			for base, baseHere := range urls {
				for _, database := range databases {
					got, err := load(with(production, "APP_ENV", mode, "ADDR", addr, "BASE_URL", base, "DATABASE_URL", database))
					here := addrHere && baseHere
					if mode != "production" {
						if refused := mode == "" && !here; (err != nil) != refused {
							t.Errorf("APP_ENV=%s ADDR=%s BASE_URL=%s: %v, want refused: %v", mode, addr, base, err, refused)
						}
					}
					wantDemo := err == nil && mode != "production" && here && database == ""
					var wantParts map[string]bool // of a configuration that is refused there are none
					if err == nil {
						wantParts = partsThatAreOn(mode != "production" && here)
					}
					if got.demo != wantDemo || !maps.Equal(got.switches, wantParts) {
						t.Errorf("APP_ENV=%s ADDR=%s BASE_URL=%s DATABASE_URL=%s: demo %v, parts %v, want %v, %v", mode, addr, base, database, got.demo, got.switches, wantDemo, wantParts)
					}
				}
			}
		}
	}
}

// signInAs posts the sign-in form and returns the status: 303 is in, 422 is wrong.
func signInAs(t *testing.T, address, email, password string) int {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(address+"/signin", url.Values{"email": {email}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// The account is in the file, open, with its published password: only the
// program that made it lets it in.
func TestTheDemoUserOfAnotherDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir, "ADDR=localhost:0")
	if status := signInAs(t, p.url, demo.Email, demo.Password); status != 303 {
		t.Fatalf("the demo user of a first start signs in with status %d, want 303", status)
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	p.exit(0)
	for _, variables := range [][]string{
		{"DATABASE_URL=sqlite:data/app.db"},
		{"APP_ENV=development", "ADDR=0.0.0.0:0", "BASE_URL=http://localhost:1"},
		{"APP_ENV=development", "DATABASE_URL=sqlite:" + filepath.Join(dir, "data", "app.db")},
	} {
		q := start(t, dir, append([]string{"ADDR=localhost:0"}, variables...)...)
		if status := signInAs(t, listeningOn(t, q), demo.Email, demo.Password); status != 422 {
			t.Errorf("with %q the demo user signs in with status %d, want 422", variables, status)
		}
		q.cmd.Process.Signal(syscall.SIGTERM)
		q.exit(0)
	}
	empty := t.TempDir()
	q := start(t, empty, "ADDR=localhost:0", "DATABASE_URL=sqlite:app.db")
	if status := signInAs(t, q.url, demo.Email, demo.Password); status != 422 {
		t.Errorf("a named database has a demo user: status %d, want 422", status)
	}
	if _, err := os.Stat(filepath.Join(empty, "app.db")); err != nil {
		t.Errorf("sqlite:app.db begins elsewhere than in the project's folder: %v", err)
	}
}
