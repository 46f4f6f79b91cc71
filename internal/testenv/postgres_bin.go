package testenv

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// postgresBin finds the folder of the server's programs, which packagers keep
// out of PATH. Of several versions in one place it takes the newest: the
// supported ones have two digits, so the order of their names is their order.
// POSTGRES_BIN names another folder, for one version of several, or is none, to be
// without a server that is there.
func postgresBin() (string, error) {
	switch dir := os.Getenv("POSTGRES_BIN"); dir {
	case "":
	case "none":
		return "", errMissing
	default:
		if !hasPostgres(dir) {
			return "", fmt.Errorf("POSTGRES_BIN: %s does not have initdb, pg_ctl and postgres", dir)
		}
		return dir, nil
	}
	var places []string
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(initdb); err == nil {
			places = append(places, filepath.Dir(real))
		}
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		places = append(places, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", // Debian, Red Hat
		"/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		found, _ := filepath.Glob(pattern) // sorted; fails only for a bad pattern
		slices.Reverse(found)
		places = append(places, found...)
	}
	for _, dir := range places {
		if hasPostgres(dir) {
			return dir, nil
		}
	}
	return "", errMissing
}

func hasPostgres(dir string) bool {
	return isFile(dir, "initdb") && isFile(dir, "pg_ctl") && isFile(dir, "postgres")
}

func isFile(elem ...string) bool {
	info, err := os.Stat(filepath.Join(elem...))
	return err == nil && info.Mode().IsRegular()
}
