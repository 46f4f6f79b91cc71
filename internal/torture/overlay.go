package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// edit changes the source of the program for one build: the compiler reads another file in
// the place of the real one (go build -overlay). So the code that people read has no switch
// by which a defence could be turned off, and no clock that could be set.
type edit struct {
	file     string // below the module's folder
	old, new string // old is there exactly once; "" = new is a whole file that is added
}

// apply is the text of a file with its edits.
func apply(text string, edits []edit) (string, error) {
	for _, e := range edits {
		if e.old == "" {
			text = e.new
			continue
		}
		if n := strings.Count(text, e.old); n != 1 {
			return "", fmt.Errorf("%s has %d times what is to be changed, want once: %q", e.file, n, e.old)
		}
		text = strings.Replace(text, e.old, e.new, 1)
	}
	return text, nil
}

// writeOverlay puts the edited files into a folder, and returns the file that tells go build of
// them.
func writeOverlay(root, dir string, edits []edit) (file string, err error) {
	byFile := map[string][]edit{}
	for _, e := range edits {
		byFile[e.file] = append(byFile[e.file], e)
	}
	replace := map[string]string{}
	for name, edits := range byFile {
		real := filepath.Join(root, name)
		text, err := os.ReadFile(real)
		if err != nil && edits[0].old != "" {
			return "", err
		}
		edited, err := apply(string(text), edits)
		if err != nil {
			return "", err
		}
		copied := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(copied, []byte(edited), 0o600); err != nil {
			return "", err
		}
		replace[real] = copied
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file = filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, text, 0o600)
}
