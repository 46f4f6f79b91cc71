package house

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// goPackage is what go list says of a package of this module.
type goPackage struct {
	ImportPath, Dir string
	GoFiles         []string
}

// allowance is a line above a package clause that allows the package circles; without
// it there are none. The numbers may go down.
var allowance = regexp.MustCompile(`(?m)^//house:circles (\d+)$`)

// allowed is how many circles a package may have, as one of its files says.
func allowed(t *testing.T, p goPackage) int {
	t.Helper()
	for _, name := range p.GoFiles {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if m := allowance.FindSubmatch(text); m != nil {
			n, _ := strconv.Atoi(string(m[1]))
			return n
		}
	}
	return 0
}

// TestFilesDependInOneDirection fails for files of one package that use each
// other in a circle. Constructors, methods and fields count as uses.
func TestFilesDependInOneDirection(t *testing.T) {
	packages := list(t)
	if len(packages) < 10 {
		t.Fatalf("go list finds %d packages, want all of this module", len(packages))
	}
	fset := token.NewFileSet()
	from := importer.ForCompiler(fset, "gc", exports(t))
	for _, p := range packages {
		uses := arrows(t, fset, from, p)
		arrowCount := 0
		for _, targets := range uses {
			arrowCount += len(targets)
		}
		circles := circlesOf(uses)
		t.Logf("%s: %d files, %d arrows between them, %d circles", p.ImportPath, len(p.GoFiles), arrowCount, len(circles))
		if len(circles) <= allowed(t, p) {
			continue
		}
		for _, circle := range circles {
			t.Errorf("%s: these files use each other in a circle: %s", p.ImportPath, strings.Join(circle, ", "))
		}
	}
}

// exports finds what the compiler has written of the packages that ours import.
func exports(t *testing.T) importer.Lookup {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", module(t)+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		files[path] = file
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
}

func module(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func list(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles", module(t)+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// arrows says which files of a package each file uses.
func arrows(t *testing.T, fset *token.FileSet, from types.Importer, p goPackage) map[string]map[string]bool {
	t.Helper()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	checker := types.Config{Importer: from}
	own, err := checker.Check(p.ImportPath, fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	uses := map[string]map[string]bool{}
	for name, object := range info.Uses {
		if object.Pkg() != own || !object.Pos().IsValid() {
			continue
		}
		user, used := filepath.Base(fset.Position(name.Pos()).Filename), filepath.Base(fset.Position(object.Pos()).Filename)
		if user != used {
			if uses[user] == nil {
				uses[user] = map[string]bool{}
			}
			uses[user][used] = true
		}
	}
	return uses
}

// circlesOf are the strongly connected components of more than one file
// (Tarjan's algorithm).
func circlesOf(uses map[string]map[string]bool) (circles [][]string) {
	index, low, stack := map[string]int{}, map[string]int{}, []string{}
	var visit func(string)
	visit = func(file string) {
		index[file] = len(index) + 1
		low[file] = index[file]
		stack = append(stack, file)
		for _, next := range slices.Sorted(maps.Keys(uses[file])) {
			if index[next] == 0 {
				visit(next)
			}
			if slices.Contains(stack, next) {
				low[file] = min(low[file], low[next])
			}
		}
		if low[file] != index[file] {
			return
		}
		at := slices.Index(stack, file)
		if circle := slices.Clone(stack[at:]); len(circle) > 1 {
			circles = append(circles, circle)
		}
		stack = stack[:at]
	}
	for _, file := range slices.Sorted(maps.Keys(uses)) {
		if index[file] == 0 {
			visit(file)
		}
	}
	return circles
}
