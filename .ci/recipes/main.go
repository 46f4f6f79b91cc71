// Command recipes follows the recipes of README.md to the letter, each in a copy
// of the tree, and sees that nothing breaks and nothing is left dangling:
//
//	go run ./.ci/recipes                # all of them
//	go run ./.ci/recipes lab notes      # those whose names have these words
//
// A recipe is a row of "Delete what you don't need" or a block of commands. What it says
// is read from the README and nowhere else. After it go vet and go test -short pass, without
// the browsers, Node and PostgreSQL, which the tests of the whole tree have had; no page has
// a dead link, .env.example no variable that nothing reads, and the program no function
// that nothing reaches any more.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	keep := flag.Bool("keep", false, "leave the copies of the last recipes where they are, to look at")
	tests := flag.Bool("tests", true, "run the tests of what is left")
	flag.Parse()
	if err := run(flag.Args(), *keep, *tests); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(words []string, keep, tests bool) error {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		return fmt.Errorf("run this in the root of the repository: %w", err)
	}
	recipes, err := read(string(readme))
	if err != nil {
		return err
	}
	home, err := newHome()
	if err != nil {
		return err
	}
	if !keep {
		defer os.RemoveAll(home)
	}
	before, err := (&tree{from: ".", home: home, dir: join(home, "0")}).untouched()
	if err != nil {
		return err
	}
	todo := make(chan recipe)
	var working sync.WaitGroup
	var failed atomic.Int32
	for i := range sideBySide {
		t := &tree{from: ".", home: home, dir: join(home, strconv.Itoa(i)), tests: tests}
		working.Go(func() {
			for r := range todo {
				if !t.report(r, before) {
					failed.Add(1)
				}
			}
		})
	}
	for _, r := range recipes {
		if wanted(r.name, words) {
			todo <- r
		}
	}
	close(todo)
	working.Wait()
	if n := failed.Load(); n > 0 {
		return fmt.Errorf("%d recipes of README.md do not hold", n)
	}
	return nil
}

// sideBySide are the recipes that are followed at a time: half of a test is waiting.
const sideBySide = 2

// report tries a recipe, and says how it went in one piece.
func (t *tree) report(r recipe, before state) (ok bool) {
	began := time.Now()
	size, problems := t.try(r, before)
	verdict := "ok  "
	if len(problems) > 0 {
		verdict = "FAIL"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %-40s %-44s %4.0f s\n", verdict, r.name, size, time.Since(began).Seconds())
	for _, p := range problems {
		fmt.Fprintf(&b, "     %s\n", strings.ReplaceAll(strings.TrimSpace(p), "\n", "\n     "))
	}
	fmt.Print(b.String())
	return len(problems) == 0
}

func wanted(name string, words []string) bool {
	for _, w := range words {
		if strings.Contains(strings.ToLower(name), strings.ToLower(w)) {
			return true
		}
	}
	return len(words) == 0
}

// try follows a recipe in a fresh copy and returns how much it takes, and all that is
// wrong afterwards.
func (t *tree) try(r recipe, before state) (size, []string) {
	if err := t.follow(r); err != nil {
		return size{}, []string{err.Error()}
	}
	s, problems := t.look(r)
	return s, append(problems, t.check(before)...)
}

func (t *tree) follow(r recipe) error {
	if err := t.copy(); err != nil {
		return err
	}
	return r.follow(t.dir)
}

// look is what the files of the copy say against a recipe.
func (t *tree) look(r recipe) (size, []string) {
	s, err := t.size()
	if err != nil {
		return s, []string{err.Error()}
	}
	return s, slices.Concat(r.tooMuch(s), t.mentions(s), t.deadDocuments())
}

func join(elem ...string) string { return filepath.Join(elem...) }
