package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// recipe is what the README tells its reader to do.
type recipe struct {
	name   string
	delete []string // files and folders, from the root; * stands for a part of a name
	lines  []lines
	script string // commands, for a recipe that is no row
}

// lines are those of a file that have a text.
type lines struct {
	count      int
	text, file string
}

var (
	section   = regexp.MustCompile(`(?ms)^## Delete what you don't need\n(.*?)^## `)
	row       = regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]+) \| ([^|]*) \|$`)
	place     = regexp.MustCompile("`([^`]+)`")
	lineRule  = regexp.MustCompile("(\\d+) with `([^`]+)` in `([^`]+)`")
	joints    = regexp.MustCompile(`^(,| and|\s)*$`)
	recipeOf  = regexp.MustCompile("(?m)^<!-- recipe: ([^>]+?) -->\n+((?:    [^\n]*\n|\n)+)")
	folderRow = "to be rid of"
)

// read finds the recipes of the README. A word of a row that is neither a path nor a rule
// about lines is an error: nothing may be left to the reader's guess.
func read(readme string) (all []recipe, err error) {
	table := section.FindStringSubmatch(readme)
	if table == nil {
		return nil, errors.New("README.md has no section on what to delete")
	}
	for _, cells := range row.FindAllStringSubmatch(table[1], -1) {
		if cells[1] == folderRow || strings.HasPrefix(cells[1], "---") {
			continue
		}
		r := recipe{name: cells[1]}
		for _, p := range place.FindAllStringSubmatch(cells[2], -1) {
			r.delete = append(r.delete, strings.TrimSuffix(p[1], "/"))
		}
		for _, l := range lineRule.FindAllStringSubmatch(cells[3], -1) {
			n, _ := strconv.Atoi(l[1])
			r.lines = append(r.lines, lines{n, l[2], l[3]})
		}
		rest := place.ReplaceAllString(cells[2], "") + lineRule.ReplaceAllString(cells[3], "")
		if len(r.delete)+len(r.lines) == 0 || !joints.MatchString(rest) {
			err = errors.Join(err, fmt.Errorf("README.md: the row %q cannot be followed to the letter: %q", r.name, rest))
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		err = errors.Join(err, errors.New("README.md has no row on what to delete"))
	}
	for _, block := range recipeOf.FindAllStringSubmatch(readme, -1) {
		all = append(all, recipe{name: block[1], script: unindented(block[2])})
	}
	return all, err
}

func unindented(block string) string {
	var b strings.Builder
	for line := range strings.Lines(block) {
		b.WriteString(strings.TrimPrefix(line, "    "))
	}
	return b.String()
}

// follow does in dir what the recipe says.
func (r recipe) follow(dir string) error {
	for _, pattern := range r.delete {
		found, err := filepath.Glob(join(dir, pattern))
		if err != nil || len(found) == 0 {
			return fmt.Errorf("there is nothing called %s to delete", pattern)
		}
		for _, p := range found {
			if err := os.RemoveAll(p); err != nil {
				return err
			}
		}
	}
	for _, l := range r.lines {
		if err := l.drop(dir); err != nil {
			return err
		}
	}
	if r.script == "" {
		return nil
	}
	return command(dir, "sh", "-euc", r.script)
}

// drop deletes the lines, of which there must be as many as the README says.
func (l lines) drop(dir string) error {
	name := join(dir, l.file)
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var kept strings.Builder
	n := 0
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, l.text) {
			n++
		} else {
			kept.WriteString(line)
		}
	}
	if n != l.count {
		return fmt.Errorf("%s has %d lines with %s, the README says %d", l.file, n, l.text, l.count)
	}
	return os.WriteFile(name, []byte(kept.String()), 0o644)
}
