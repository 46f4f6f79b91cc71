package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// longValue matches what may be pasted as a secret: what stands between
// quotation marks, and any long run of the characters of base64 and hex.
var longValue = regexp.MustCompile("\"([^\"]{32,256})\"|'([^']{32,256})'|`([^`\n]{32,256})`|([A-Za-z0-9+/=_.-]{32,256})")

// valuesOf are the values of a text, and the parts of those that are lists.
func valuesOf(text string) (values []string) {
	for _, m := range longValue.FindAllStringSubmatch(text, -1) {
		for _, v := range m[1:] {
			values = append(values, v)
			values = append(values, strings.Split(v, ",")...)
			values = append(values, regexp.MustCompile(`[A-Za-z0-9+/=_-]{32,}`).FindAllString(v, -1)...)
		}
	}
	return values
}

// Whatever random value a test, a page or a vector of this repository holds,
// production does not take it for a secret. Sums of modules are left out.
func TestNoValueOfTheRepositoryIsASecret(t *testing.T) {
	var missing []string
	files := 0
	info, _ := debug.ReadBuildInfo()
	module := info.Main.Path + "/"
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		if err != nil || d.IsDir() && (name == ".git" || name == "data" || name == "bin" || name == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() || name == "go.sum" || name == "published.txt" || name == ".env" || name == ".git" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil || !utf8.Valid(text) {
			return err
		}
		files++
		for _, v := range valuesOf(strings.ReplaceAll(string(text), `"`+module, `"`)) { // without imports
			if len(v) >= minSecretBytes && weakness(v) == "" && !slices.Contains(missing, fingerprint(v)) {
				missing = append(missing, fingerprint(v))
				t.Logf("%s has %q", path, v)
			}
		}
		return nil
	})
	if err != nil || files < 50 {
		t.Fatalf("read %d files of the repository, %v, want all of them", files, err)
	}
	if len(missing) == 0 {
		return
	}
	slices.Sort(missing)
	if os.Getenv("UPDATE_PUBLISHED") == "" {
		t.Fatalf("%d values of the repository would be taken for secrets; run this test with UPDATE_PUBLISHED=1 to add them to published.txt", len(missing))
	}
	all := slices.Compact(slices.Sorted(slices.Values(append(strings.SplitAfter(strings.TrimSuffix(published, "\n"), "\n"), missing...))))
	list := ""
	for _, line := range all {
		if line = strings.TrimSpace(line); line != "" {
			list += line + "\n"
		}
	}
	if err := os.WriteFile("published.txt", []byte(list), 0o644); err != nil {
		t.Fatal(err)
	}
}
