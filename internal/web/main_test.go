package web_test

import (
	"os"
	"testing"

	"latchkey/internal/testenv"
)

func TestMain(m *testing.M) { os.Exit(testenv.RunSideBySide(m, 4)) }
