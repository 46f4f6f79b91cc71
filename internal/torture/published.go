package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// published is what docs/reliability.md shows.
type published struct {
	Run      occasion  `json:"run"`
	Servers  int       `json:"servers"`
	Workers  int       `json:"workers"`
	Accounts int       `json:"accounts"` // of each worker
	Seed     uint64    `json:"seed"`
	Results  []result  `json:"results"`
	Planted  occasion  `json:"planted"`
	Controls []control `json:"controls"`
}

func publishedFile(root string) string { return filepath.Join(root, "internal/torture/published.json") }

func readPublished(root string) (p published, err error) {
	text, err := os.ReadFile(publishedFile(root))
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(text, &p)
}

// update changes what is published, and the document with it.
func update(root string, change func(*published)) error {
	p, err := readPublished(root)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	change(&p)
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(publishedFile(root), append(text, '\n'), 0o644); err != nil {
		return err
	}
	return writeDocument(root, p)
}

// Between these lines docs/reliability.md is written by this program.
const (
	markBegin = "<!-- measured: go run ./internal/torture -update -->"
	markEnd   = "<!-- end of measured -->"
)

func writeDocument(root string, p published) error {
	file := filepath.Join(root, "docs/reliability.md")
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(old), markBegin)
	_, after, closed := strings.Cut(rest, markEnd)
	if !ok || !closed {
		return fmt.Errorf("%s has no place for the results: it needs the lines %s and %s", file, markBegin, markEnd)
	}
	return os.WriteFile(file, []byte(before+markBegin+"\n\n"+p.markdown()+"\n"+markEnd+after), 0o644)
}

func (p published) markdown() string {
	return fmt.Sprintf("### The run\n\n%s. Seed %d; %d servers on PostgreSQL and two on SQLite, %s users at %d places at once.\n\n%s\n### Planted bugs\n\n%s. Each by itself, in a trial of its own.\n\n%s",
		p.Run, p.Seed, p.Servers, digits(int64(p.Workers*p.Accounts)), p.Workers, table(p.Results), p.Planted, controlTable(p.Controls))
}
