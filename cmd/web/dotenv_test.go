package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDotenvValuesAreLiteral(t *testing.T) {
	for line, want := range map[string]string{
		"N=plain": "plain", "N = spaced ": "spaced", "export N=x": "x", "N=": "", "N= # comment": "", "N=x # comment": "x", "N=x#y": "x#y", "N=pa$S3word": "pa$S3word", "N=$S3": "$S3", `N="pa$S3"`: "pa$S3",
		"N='pa${S3}'": "pa${S3}", `N='a\nb'`: `a\nb`, `N=a\b`: `a\b`, `N="x # y" # z`: "x # y", "N='a\"b'": `a"b`, "N=a=b=": "a=b=", "N=a:b": "a:b", "N=postgres://u:p%40@h/d?x=1": "postgres://u:p%40@h/d?x=1", "N=a  b": "a  b",
	} {
		got, err := parseDotenv("f", "# comment\r\n\r\n"+line+"\r\n")
		if err != nil || !maps.Equal(got, map[string]string{"N": want}) {
			t.Errorf("the line %q = %q, %v, want %q", line, got, err, want)
		}
	}
}

func TestDotenvProblemsNameTheirLine(t *testing.T) {
	for line, want := range map[string]string{
		"SECRET": "no =", "SECRET: hunter2": "no =", "=hunter2": "no name", "A-B=hunter2": "no name", "1A=hunter2": "no name", "a b=hunter2": "no name", `A="hunter2`: "does not close", "A='hunter2": "does not close",
		`A="hunter2"x`: "goes on", "A='it's hunter2'": "goes on", `A="hunter2\n"`: "single ones", `A="${hunter2}"`: "single ones", "A=${hunter2}": "nothing is filled in", "A=$(hunter2)": "nothing is filled in",
		"A=#hunter2": "starts with #", "A=“hunter2”": "typographic", "A=h\xff\xfe": "UTF-8", "OK=2": "line 2 has set",
	} {
		_, err := parseDotenv("f.env", "# first\nOK=1\n\n"+line+"\nALSO=1\n")
		if err == nil || !strings.Contains(err.Error(), "f.env line 4 ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the line %q: %v, want line 4 and %q, and no value", line, err, want)
		}
	}
	if _, err := parseDotenv("f", "A\nB=1\nC\n"); err == nil || !strings.Contains(err.Error(), "line 1") || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("two bad lines: %v, want both named", err)
	}
}

func TestDotenvFilesOfEveryKind(t *testing.T) {
	dir := t.TempDir()
	utf16 := []byte("\xff\xfeA\x00=\x001\x00\n\x00")
	for name, text := range map[string][]byte{"bom": []byte("\xef\xbb\xbfA=1\n"), "le": utf16, "be": []byte("\xfe\xff\x00A"), "bare": []byte("A\x00=\x001\x00"), "shut": []byte("A=1")} {
		os.WriteFile(filepath.Join(dir, name), text, 0o600)
	}
	os.Mkdir(filepath.Join(dir, "folder"), 0o700)
	os.Chmod(filepath.Join(dir, "shut"), 0)
	if got, err := readDotenv(filepath.Join(dir, "bom")); err != nil || got["A"] != "1" {
		t.Errorf("a file with a byte order mark = %v, %v, want A=1", got, err)
	}
	if got, err := readDotenv(filepath.Join(dir, "none")); err != nil || len(got) != 0 {
		t.Errorf("no file = %v, %v, want nothing", got, err)
	}
	wants := map[string]string{"le": "UTF-16", "be": "UTF-16", "bare": "UTF-16", "folder": "is a folder"}
	if os.Getuid() != 0 {
		wants["shut"] = "may not be read"
	}
	for name, want := range wants {
		if _, err := readDotenv(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the file %s: %v, want %q", name, err, want)
		}
	}
}

func TestMisspeltNames(t *testing.T) {
	for name, want := range map[string]string{
		"SESSION_STRATGEY": "SESSION_STRATEGY", "SESSION_STRATEGIE": "SESSION_STRATEGY", "SESION_LIMIT": "SESSION_LIMIT", "SESSION_LIMITS": "SESSION_LIMIT", "AUTH_SECRETS": "AUTH_SECRET", "AUTH_SECERT": "AUTH_SECRET",
		"AUTH_SECRET_1": "AUTH_SECRET", "DATABASE_URI": "DATABASE_URL", "DATABSE_URL": "DATABASE_URL", "DATABASEURL": "DATABASE_URL", "BASEURL": "BASE_URL", "BASE_URI": "BASE_URL", "LOG_FORMT": "LOG_FORMAT",
		"session_strategy": "SESSION_STRATEGY", "Auth_Path": "AUTH_PATH", "APP_ENVV": "APP_ENV", "ALLOWED_HOST": "ALLOWED_HOSTS", "PASWORD_MIN_LENGTH": "PASSWORD_MIN_LENGTH",
	} {
		for _, where := range []string{"environment", "file"} {
			environ, file := []string{name}, []string(nil)
			if where == "file" {
				environ, file = nil, environ
			}
			problems, _ := checkNames(environ, file, ".env")
			if len(problems) != 1 || !strings.Contains(problems[0], name) || !strings.HasSuffix(problems[0], "did you mean "+want+"?") {
				t.Errorf("%s in the %s: %q, want %s suggested", name, where, problems, want)
			}
		}
	}
	for _, name := range []string{"SESSION_TTL", "AUTH_GOOGLE_ID", "DATABASE_POOL", "PASSWORD_PEPPER"} {
		if problems, notes := checkNames([]string{name}, nil, ".env"); len(problems) != 0 || len(notes) != 1 {
			t.Errorf("%s = %q, %q, want one note", name, problems, notes)
		}
	}
	if problems, notes := checkNames(nil, []string{"STRIPE_KEY"}, ".env"); len(problems) != 0 || len(notes) != 1 {
		t.Errorf("a project's own name in .env = %q, %q, want one note", problems, notes)
	}
	for _, name := range []string{"PATH", "HOME", "LANG", "LS_COLORS", "SESSION_MANAGER", "PWD", "USER", "SHELL", "TERM", "EDITOR", "PGHOST", "GOPATH", "SSH_AUTH_SOCK", "XAUTHORITY", "LOGNAME", "SORT", "ADDRS"} {
		if problems, notes := checkNames([]string{name}, nil, ".env"); len(problems)+len(notes) != 0 {
			t.Errorf("%s of the environment = %q, %q, want silence", name, problems, notes)
		}
	}
	if problems, notes := checkNames(knownNames(), knownNames(), ".env"); len(problems)+len(notes) != 0 {
		t.Errorf("our own names = %q, %q, want silence", problems, notes)
	}
}
