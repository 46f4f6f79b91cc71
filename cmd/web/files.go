package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
)

// protect sees to it that a file which exists is its owner's alone, as ssh does
// with keys. A file that others can read is closed to them, with a line in the
// log. A link is followed only to such a file, and never changed or made good:
// it may lead to a file of someone else's.
func protect(path string, log *slog.Logger) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	link := info.Mode()&fs.ModeSymlink != 0
	if link {
		if info, err = os.Stat(path); err != nil {
			return fmt.Errorf("%s is a link that leads nowhere: remove it, or make the file it names", path)
		}
	}
	switch loose := info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows"; {
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file: move it away", path)
	case loose && link:
		return fmt.Errorf("%s is a link to a file that other users of this machine can open: chmod 600 the file", path)
	case loose:
		if err := os.Chmod(path, 0o600); err != nil {
			return fmt.Errorf("%s can be opened by other users of this machine: chmod 600 it: %w", path, err)
		}
		log.Warn("closed a file to other users of this machine", "file", path, "was", info.Mode().Perm().String())
	}
	return nil
}

// protectDatabase protects a SQLite file and its companions.
func protectDatabase(path string, log *slog.Logger) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal", ".lock"} {
		if err := protect(path+suffix, log); err != nil {
			return err
		}
	}
	return nil
}

// protectDir makes the folder of what the program keeps for itself. One in
// which others can write is closed to them: they could replace its files.
func protectDir(dir string, log *slog.Logger) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm()&0o022 == 0 || runtime.GOOS == "windows" {
		return err
	}
	log.Warn("closed a folder to other users of this machine", "folder", dir, "was", info.Mode().Perm().String())
	return os.Chmod(dir, 0o700)
}
