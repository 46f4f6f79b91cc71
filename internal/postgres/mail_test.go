package postgres

import (
	"testing"

	"latchkey/internal/mail/mailtest"
	"latchkey/internal/testenv"
)

func TestMail(t *testing.T) {
	t.Parallel()
	mailtest.Run(t, func(t *testing.T) mailtest.Two {
		t.Parallel()
		dsn := testenv.Postgres(t)
		return mailtest.Two{open(t, dsn), open(t, dsn)}
	})
}
