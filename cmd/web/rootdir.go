package main

import (
	"os"
	"path/filepath"
)

// projectDir is where .env and data/ are: the folder of the program's module
// if it is started somewhere inside of it, as "cd cmd/web && go run ." does,
// else the working folder. Production takes the working folder.
func projectDir(production bool) string {
	dir, err := os.Getwd()
	if err != nil || production {
		return "."
	}
	for at := dir; ; at = filepath.Dir(at) {
		if isFile(filepath.Join(at, "go.mod")) { // of this module or of one around which ours is not
			if at != dir && isFile(filepath.Join(at, "cmd", "web", "main.go")) {
				return at
			}
			return "."
		}
		if at == filepath.Dir(at) {
			return "."
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
