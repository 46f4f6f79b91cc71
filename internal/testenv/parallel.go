package testenv

import (
	"flag"
	"runtime"
	"strconv"
	"testing"
)

// RunSideBySide is m.Run with up to n tests at a time, even where there are fewer
// processors, unless -parallel says how many: those in a browser mostly wait.
func RunSideBySide(m *testing.M, n int) (code int) {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if !said {
		flag.Set("test.parallel", strconv.Itoa(max(n, runtime.GOMAXPROCS(0))))
	}
	return m.Run()
}
