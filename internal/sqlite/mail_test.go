package sqlite

import (
	"path/filepath"
	"testing"

	"latchkey/internal/mail/mailtest"
)

func TestMail(t *testing.T) {
	mailtest.Run(t, func(t *testing.T) mailtest.Two {
		path := filepath.Join(t.TempDir(), "app.db")
		return mailtest.Two{open(t, path), open(t, path)}
	})
}
