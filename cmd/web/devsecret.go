package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// developmentSecret is made once and kept, so that a restart signs nobody out.
// Only its owner may read the file.
func developmentSecret(dir string, log *slog.Logger) ([]string, error) {
	data := filepath.Join(dir, dataDir)
	if err := protectDir(data, log); err != nil {
		return nil, fmt.Errorf("cannot make the folder for the development secret: %w: make it writable or set AUTH_SECRET", err)
	}
	file := filepath.Join(data, "auth-secret")
	if err := protect(file, log); err != nil {
		return nil, fmt.Errorf("cannot trust the development secret: %w: or set AUTH_SECRET", err)
	}
	secret := base64.RawStdEncoding.EncodeToString(randomBytes(33))
	err := writeNew(file, secret+"\n")
	if err == nil {
		return []string{secret}, nil
	}
	if !errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("cannot keep the development secret: %w: make %s writable or set AUTH_SECRET", err, data)
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the development secret: %w: make it readable or set AUTH_SECRET", err)
	}
	secret = strings.TrimSpace(string(kept))
	if len(secret) < minSecretBytes {
		return nil, fmt.Errorf("the development secret in %s is damaged: delete the file and a new one is made", file)
	}
	return []string{secret}, nil
}

// writeNew writes a file that must not exist yet: of two programs started at
// once, one makes the secret and the other reads it.
func writeNew(file, text string) error {
	temp, err := os.CreateTemp(filepath.Dir(file), ".new-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.WriteString(text)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Link(temp.Name(), file) // whole or not at all
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
