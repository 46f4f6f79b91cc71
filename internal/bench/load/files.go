package main

import (
	"encoding/json"
	"os"
	"path/filepath"
)

func growthFile(root string) string { return filepath.Join(root, "internal/bench/growth.json") }

func readJSON[T any](file string) (v T, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal(text, &v)
}

func writeJSON(file string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
