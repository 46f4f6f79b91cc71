package kit

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTraceparent(t *testing.T) {
	const id, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for header, want := range map[string]string{
		"00-" + id + "-" + parent + "-01":                    id,
		"01-" + id + "-" + parent + "-01-of-a-later-version": id,
		"":                                     "",
		"00-" + id + "-" + parent + "-01-more": "",
		"ff-" + id + "-" + parent + "-01":      "",
		"00-" + strings.Repeat("0", 32) + "-" + parent + "-01":          "",
		"00-" + id + "-" + strings.Repeat("0", 16) + "-01":              "",
		"00-" + strings.ToUpper(id) + "-" + parent + "-01":              "",
		"00-" + id[1:] + "-" + parent + "-01":                           "",
		"00-" + id + "\n-" + parent + "-01":                             "",
		"01-" + id + "-" + parent + "-01-" + strings.Repeat("x", 1<<16): "",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Traceparent"] = []string{header}
		if got := traceOf(r); got != want {
			t.Errorf("traceOf(%.80q) = %q, want %q", header, got, want)
		}
		r.Header["Traceparent"] = []string{header, header}
		if got := traceOf(r); got != "" {
			t.Errorf("two headers give the trace %q, want none", got)
		}
	}
}

// Every line that is logged for a request has its trace, and only then.
func TestLinesOfARequestHaveItsTrace(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	var out bytes.Buffer
	log := slog.New(LogHandler(slog.NewTextHandler(&out, nil)))
	k, err := New(Config{BaseURL: "https://app.example", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	h := k.exchange(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { log.InfoContext(r.Context(), "within") }))
	r := httptest.NewRequest("GET", "/", nil)
	h.ServeHTTP(httptest.NewRecorder(), r)
	if strings.Contains(out.String(), "trace_id") {
		t.Errorf("without a trace the log has one: %s", &out)
	}
	r.Header.Set("Traceparent", "00-"+id+"-00f067aa0ba902b7-01")
	out.Reset()
	h.ServeHTTP(httptest.NewRecorder(), r)
	if n := strings.Count(out.String(), "trace_id="+id); n != 2 {
		t.Errorf("%d lines have the trace, want the handler's and the request's: %s", n, &out)
	}
}
