package main

import (
	"strings"
	"testing"
)

const run = `{"Action":"start","Package":"app/a"}
{"Action":"run","Package":"app/a","Test":"TestOne"}
{"Action":"output","Package":"app/a","Test":"TestOne","Output":"=== RUN   TestOne\n"}
{"Action":"output","Package":"app/a","Test":"TestOne","Output":"    a_test.go:7: PostgreSQL is missing: apt-get install postgresql\n"}
{"Action":"output","Package":"app/a","Test":"TestOne","Output":"--- SKIP: TestOne (0.00s)\n"}
{"Action":"skip","Package":"app/a","Test":"TestOne"}
{"Action":"output","Package":"app/a","Output":"PASS\n"}
{"Action":"output","Package":"app/a","Output":"ok  \tapp/a\t0.1s\n"}
{"Action":"pass","Package":"app/a"}
{"Action":"output","Package":"app/b","Output":"?   \tapp/b\t[no test files]\n"}
{"Action":"skip","Package":"app/b"}
`

func TestASkippedTestIsTold(t *testing.T) {
	var out strings.Builder
	failed, skipped, err := report(strings.NewReader(run), &out)
	if failed || skipped != 1 || err != nil {
		t.Errorf("report = %v, %d, %v, want one skipped test", failed, skipped, err)
	}
	for _, want := range []string{"ok  \tapp/a", "1 skipped", "app/a TestOne", "PostgreSQL is missing: apt-get install postgresql"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("report lacks %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "SKIP:") || strings.Contains(out.String(), "app/b") {
		t.Errorf("report has more than the reason:\n%s", out.String())
	}
}

func TestAFailureIsShown(t *testing.T) {
	for _, action := range []string{"fail", "build-fail"} {
		line := `{"Action":"output","Package":"app/a","Test":"TestTwo","Output":"    a_test.go:9: got 1, want 2\n"}
{"Action":"` + action + `","Package":"app/a","Test":"TestTwo"}
`
		var out strings.Builder
		if failed, _, _ := report(strings.NewReader(line), &out); !failed || !strings.Contains(out.String(), "got 1, want 2") {
			t.Errorf("report of a %s = %v, want it told:\n%s", action, failed, out.String())
		}
	}
}
