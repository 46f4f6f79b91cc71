package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// News comes through however long the stream was silent before, and heartbeats
// keep it open past the deadlines that the server has for other answers.
func TestAStreamOutlivesItsDeadlines(t *testing.T) {
	news := make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stream{out: w, every: 300 * time.Millisecond, grace: 100 * time.Millisecond}.run(r.Context(), news, nil)
	}))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	server.Start()
	defer server.Close()
	resp, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	time.AfterFunc(1050*time.Millisecond, func() { news <- struct{}{} }) // between two heartbeats, after the last one's grace
	text, err := io.ReadAll(resp.Body)
	if err != nil || strings.Count(string(text), ":\n\n") < 2 || !strings.HasSuffix(string(text), "event: session\ndata: ask\n\n") {
		t.Errorf("the stream says %q, %v, want heartbeats, the news and a proper end", text, err)
	}
}
