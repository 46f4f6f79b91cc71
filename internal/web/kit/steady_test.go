package kit

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
)

// A program that is told to stop waits for what it does behind an answer: the user has been
// told that a mail is on its way.
func TestASlowJobIsDoneBeforeTheProgramEnds(t *testing.T) {
	var behind sync.WaitGroup
	k, err := New(Config{BaseURL: "https://app.example", Behind: behind.Go, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var done atomic.Bool
	answered := make(chan struct{})
	err = k.Steadily(httptest.NewRequest("POST", "/forgot", nil), func(context.Context) error {
		<-answered
		done.Store(true)
		return nil
	})
	if err != nil || done.Load() {
		t.Fatalf("Steadily = %v, the job done: %t, want the answer first", err, done.Load())
	}
	close(answered)
	behind.Wait()
	if !done.Load() {
		t.Error("the program has not waited for a job that goes on behind its answer")
	}
}
