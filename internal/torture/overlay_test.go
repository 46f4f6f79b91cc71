package main

import (
	"os/exec"
	"slices"
	"testing"

	"latchkey/internal/testenv/process"
)

// A planted bug that does not fit the code any more, or does not compile, would be found by no
// run, and nobody would know. All of them together are one build.
func TestEveryPlantedBugFitsTheCode(t *testing.T) {
	root, err := process.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	edits := slices.Clone(clockEdits)
	for _, b := range bugs {
		edits = append(edits, b.edits...)
		if !slices.Contains(claims, b.finds) {
			t.Errorf("%q violates %q, which is no claim", b.words, b.finds)
		}
		if _, err := b.setting(options{servers: 1}); err != nil {
			t.Error(err)
		}
	}
	overlay, err := writeOverlay(root, t.TempDir(), edits)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-overlay", overlay, "./internal/auth", "./internal/postgres")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go build with all planted bugs = %v\n%s", err, out)
	}
}

func TestAnEditFitsExactlyOnce(t *testing.T) {
	for text, want := range map[string]bool{"if a < b {": true, "": false, "a < b; a < b": false} {
		got, err := apply(text, []edit{{"x.go", "a < b", "true"}})
		if (err == nil) != want {
			t.Errorf("apply(%q) = %q, %v, want it to work: %t", text, got, err, want)
		}
	}
}
