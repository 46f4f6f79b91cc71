package main

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestFilesThatOthersCanOpenAreClosed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps permissions otherwise")
	}
	for _, mode := range []os.FileMode{0o644, 0o640, 0o660, 0o666, 0o604, 0o755, 0o777} {
		dir := t.TempDir()
		output := &output{}
		log := newLogger(false, output)
		path := filepath.Join(dir, "app.db")
		for _, suffix := range []string{"", "-wal", "-shm", "-journal", ".lock"} {
			os.WriteFile(path+suffix, nil, 0o600)
			os.Chmod(path+suffix, mode)
		}
		if err := protectDatabase(path, log); err != nil {
			t.Fatal(err)
		}
		for _, suffix := range []string{"", "-wal", "-shm", "-journal", ".lock"} {
			if info, _ := os.Stat(path + suffix); info.Mode().Perm() != 0o600 {
				t.Errorf("app.db%s with mode %v is left at %v, want 0600", suffix, mode, info.Mode().Perm())
			}
		}
		if strings.Count(output.String(), "closed a file") != 5 {
			t.Errorf("the log says %q, want a line for each file", output)
		}
	}
}

func TestLinksAreNotMadeGood(t *testing.T) {
	dir := t.TempDir()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	at := func(name string) string { return filepath.Join(dir, name) }
	os.WriteFile(at("others"), nil, 0o600)
	os.Chmod(at("others"), 0o644)
	os.WriteFile(at("mine"), nil, 0o600)
	os.Mkdir(at("folder"), 0o700)
	for link, target := range map[string]string{"dangling": "nowhere", "loose": "others", "good": "mine", "to-folder": "folder", "loop": "loop"} {
		if err := os.Symlink(at(target), at(link)); err != nil {
			t.Skip(err)
		}
	}
	for path, want := range map[string]string{"dangling": "leads nowhere", "loose": "other users", "to-folder": "no file", "folder": "no file", "loop": "leads nowhere", "good": "", "none": "", "mine": ""} {
		err := protect(at(path), log)
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("protect(%s) = %v, want %q", path, err, want)
		}
	}
	if info, _ := os.Stat(at("others")); info.Mode().Perm() != 0o644 {
		t.Error("protect changed the file that a link names")
	}
	if _, err := os.Lstat(at("nowhere")); err == nil {
		t.Error("protect made the file that a dangling link names")
	}
}

func TestTheProgramRepairsOrRefuses(t *testing.T) {
	dir := t.TempDir()
	os.Mkdir(filepath.Join(dir, dataDir), 0o777)
	os.Chmod(filepath.Join(dir, dataDir), 0o777)
	secret := filepath.Join(dir, dataDir, "auth-secret")
	os.WriteFile(secret, []byte(strings.Repeat("kept ", 10)), 0o600)
	os.WriteFile(filepath.Join(dir, dataDir, "app.db"), nil, 0o600)
	os.Chmod(secret, 0o644)
	os.Chmod(filepath.Join(dir, dataDir, "app.db"), 0o644)
	if p := start(t, dir, "ADDR=localhost:0"); p.url == "" {
		t.Fatalf("the program did not start:\n%s", p.output)
	}
	for path, want := range map[string]os.FileMode{".": 0o700, "auth-secret": 0o600, "app.db": 0o600} {
		if info, _ := os.Stat(filepath.Join(dir, dataDir, path)); info.Mode().Perm() != want {
			t.Errorf("data/%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
	}
	for _, file := range []string{"auth-secret", "app.db"} {
		dir := t.TempDir()
		os.Mkdir(filepath.Join(dir, dataDir), 0o700)
		os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, dataDir, file))
		if output := start(t, dir, "ADDR=localhost:0").exit(1); !strings.Contains(output, "leads nowhere") {
			t.Errorf("with a dangling %s the program says %q", file, output)
		}
		if _, err := os.Lstat(filepath.Join(dir, "nowhere")); err == nil {
			t.Errorf("the dangling %s was followed", file)
		}
	}
}

func TestTheProjectIsFoundFromInside(t *testing.T) {
	root := t.TempDir()
	root, _ = filepath.EvalSymlinks(root)
	for _, dir := range []string{"cmd/web", "internal/deep/er", "other/tools"} {
		os.MkdirAll(filepath.Join(root, dir), 0o700)
	}
	os.WriteFile(filepath.Join(root, "go.mod"), []byte("module renamed\n"), 0o600)
	os.WriteFile(filepath.Join(root, "cmd/web/main.go"), []byte("package main\n"), 0o600)
	os.WriteFile(filepath.Join(root, "other/go.mod"), []byte("module other\n"), 0o600)
	os.WriteFile(filepath.Join(root, ".env"), []byte("ADDR=localhost:0\n"), 0o600)
	for dir, want := range map[string]string{".": ".", "cmd/web": root, "internal/deep/er": root, "other": ".", "other/tools": "."} {
		t.Chdir(filepath.Join(root, dir))
		if got := projectDir(false); got != want {
			t.Errorf("projectDir in %s = %q, want %q", dir, got, want)
		}
		if got := projectDir(true); got != "." {
			t.Errorf("projectDir of production in %s = %q, want the working folder", dir, got)
		}
	}
	p := start(t, filepath.Join(root, "cmd/web"))
	if p.url == "" || strings.HasSuffix(p.url, ":8080") {
		t.Errorf("started in cmd/web the program is at %q, want what the root's .env says", p.url)
	}
	for path, want := range map[string]bool{"data/auth-secret": true, "data/app.db": true, "cmd/web/data": false} {
		if _, err := os.Stat(filepath.Join(root, path)); (err == nil) != want {
			t.Errorf("started in cmd/web, %s is there: %v, want %v", path, err == nil, want)
		}
	}
}
