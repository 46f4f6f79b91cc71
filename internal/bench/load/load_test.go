package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testenv"
)

// What docs/performance.md and its pictures say is what was measured.
func TestTheDocumentIsOfTheBaseline(t *testing.T) {
	root := "../../.."
	document, ok := testenv.Document(t, "performance.md")
	if !ok {
		return
	}
	r, err := readJSON[results](root + "/internal/bench/baseline.json")
	if err != nil {
		t.Fatal(err)
	}
	g, err := readJSON[growth](root + "/internal/bench/growth.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, part := range map[string]string{"baseline.json": r.markdown(), "growth.json": g.markdown()} {
		if !strings.Contains(document, part) {
			t.Errorf("docs/performance.md has not the tables of %s; to write them: go run ./internal/bench/load -report", name)
		}
	}
	for name, want := range map[string]string{"performance.svg": r.svg(), "growth.svg": g.svg()} {
		if got, _ := testenv.Document(t, name); got != want {
			t.Errorf("docs/%s is not what was measured; to draw it: go run ./internal/bench/load -report", name)
		}
	}
}

// A server that is quick and wrong must not look good.
func TestAWrongAnswerStopsTheMeasuring(t *testing.T) {
	answers := map[string]http.HandlerFunc{
		"":                      func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ada@example.com")) },
		"429 Too Many Requests": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		"200 OK":                func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("bob@example.com")) },
	}
	for want, answer := range answers {
		s := httptest.NewServer(answer)
		defer s.Close()
		all := []request{{[]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), []byte("ada@example.com")}}
		n, err := drive(context.Background(), s.Listener.Addr().String(), all, 2, 20*time.Millisecond)
		switch {
		case want == "" && (err != nil || n == 0):
			t.Errorf("drive with right answers = %d, %v, want some and no error", n, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("drive with wrong answers = %v, want an error with %q", err, want)
		}
	}
}

// What slows a whole round down must not look like the cost of a session.
func TestRatiosAreMadeWithinARound(t *testing.T) {
	b := bench{subjects: []subject{
		{name: "control", paths: paths},
		{name: "site", against: "control", target: 1.15, paths: paths},
	}}
	all := b.ratios(map[key][]float64{
		{"control", pathSession}: {10, 100, 20},
		{"site", pathSession}:    {11, 120, 26},
	})
	if len(all) != 2 || all[1].Ratio != (spread{1.2, 1.1, 1.3}) || all[1].Micros != (spread{26, 11, 120}) {
		t.Errorf("ratios = %+v, want the median 1.2 from 1.1 to 1.3 of 26 µs from 11 to 120", all)
	}
}
