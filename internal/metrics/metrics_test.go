package metrics

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"latchkey/internal/auth"
)

// opened is a service on a free port of this machine.
func opened(t testing.TB) *Service {
	t.Helper()
	s, err := Open(t.Context(), "localhost", 0, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// text is what /metrics says.
func text(t *testing.T, s *Service) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://localhost/metrics", nil)
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Fatalf("GET /metrics = %d %s, want 200 in the format of Prometheus", w.Code, w.Header().Get("Content-Type"))
	}
	return w.Body.String()
}

func TestEventsAreCountedAndPassedOn(t *testing.T) {
	s, next := opened(t), &recorder{}
	events := s.Events(next)
	for _, e := range []auth.Event{
		{Name: auth.EventSessionCreated, Details: []any{"strategy", "jwt", "method", "password"}},
		{Name: auth.EventSessionCreated, Details: []any{"strategy", "jwt", "method", "password"}},
		{Name: auth.EventSessionExpired, Details: []any{"reason", "everywhere"}},
		{Name: auth.EventLoginFail, Details: []any{"reason", "no_account"}},
		{Name: auth.EventRateLimit, Details: []any{"of", "passwords"}},
		{Name: auth.EventLoginSuccess},
		{Name: auth.EventUserDeleted, Details: []any{"odd"}},
	} {
		events.Record(t.Context(), e)
	}
	if len(next.events) != 7 {
		t.Errorf("%d events were passed on, want 7", len(next.events))
	}
	got := text(t, s)
	for _, want := range []string{
		`latchkey_sessions_started_total{method="password"} 2`, `latchkey_sessions_ended_total{reason="everywhere"} 1`,
		`latchkey_signins_denied_total{reason="no_account"} 1`, `latchkey_limited_total{of="passwords"} 1`, "latchkey_signins_total 1",
		`latchkey_security_events_total{event="user_deleted"} 1`, `latchkey_security_events_total{event="session_created"} 2`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("the metrics lack %s:\n%s", want, got)
		}
	}
}

type recorder struct{ events []auth.Event }

// Record implements auth.Events.
func (r *recorder) Record(_ context.Context, e auth.Event) { r.events = append(r.events, e) }

// A label is no place for what somebody makes up: neither another line nor a million series.
func TestWhatIsMadeUpIsNoSeries(t *testing.T) {
	s := opened(t)
	events := s.Events(&recorder{})
	hostile := []string{"x\"} 1\nforged_total 2", "x\\", "", strings.Repeat("x", 200), "ä", "a b"}
	for _, reason := range hostile {
		events.Record(t.Context(), auth.Event{Name: auth.EventSessionExpired, Details: []any{"reason", reason}})
	}
	for i := range 1000 {
		events.Record(t.Context(), auth.Event{Name: auth.EventSessionExpired, Details: []any{"reason", fmt.Sprint("reason-", i)}})
		s.observe("/", fmt.Sprint("METHOD", i), 200, time.Second)
		s.observe("/", "GET", 1000+i, time.Second)
	}
	got := text(t, s)
	if n := strings.Count(got, "latchkey_sessions_ended_total{"); n > mostValues+1 {
		t.Errorf("1,000 reasons that were made up are %d series, want %d at most", n, mostValues+1)
	}
	if want := fmt.Sprintf(`latchkey_sessions_ended_total{reason="other"} %d`, len(hostile)+1000-mostValues); !strings.Contains(got, want+"\n") {
		t.Errorf("the metrics lack %s", want)
	}
	if n := strings.Count(got, "latchkey_request_duration_seconds_count{"); n != 2 {
		t.Errorf("methods and statuses that were made up are %d series, want 2", n)
	}
	line := regexp.MustCompile(`^(# (TYPE|HELP) .*|latchkey_[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? [0-9.e+-]+)$`)
	for text := range strings.Lines(got) {
		if !line.MatchString(strings.TrimSuffix(text, "\n")) {
			t.Errorf("%q is no line of the format", text)
		}
	}
}

func TestDurationsAreMeasuredByRoute(t *testing.T) {
	s := opened(t)
	observe := s.Observer()
	for _, took := range []time.Duration{3 * time.Millisecond, 40 * time.Millisecond, time.Minute} {
		observe("/account/sessions/{id}/end", "POST", 303, took)
	}
	got := text(t, s)
	for le, want := range map[string]int{"0.0025": 0, "0.005": 1, "0.05": 2, "10": 2, "+Inf": 3} {
		line := fmt.Sprintf(`latchkey_request_duration_seconds_bucket{route="/account/sessions/{id}/end",method="POST",status="3xx",le="%s"} %d`, le, want)
		if !strings.Contains(got, line+"\n") {
			t.Errorf("the metrics lack %s:\n%s", line, got)
		}
	}
}

// Nothing is asked of whoever comes, so that neither another machine nor a page of another
// site in a browser on this one may.
func TestOnlyThisMachineIsAnswered(t *testing.T) {
	s := opened(t)
	for _, l := range s.listeners {
		if host := l.Addr().String(); !isLocalHost(host) {
			t.Errorf("the service listens on %s, want this machine alone", host)
		}
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/profile?seconds=1"} {
		for _, c := range []struct {
			host, site string
			want       int
		}{
			{"localhost:6060", "", 200}, {"127.0.0.1:6060", "none", 200}, {"[::1]:6060", "same-origin", 200},
			{"evil.example:6060", "", 403}, {"evil.example", "none", 403}, {"localhost.evil.example:6060", "", 403}, {"192.168.1.7:6060", "", 403}, {"", "", 403},
			{"localhost:6060", "cross-site", 403}, {"localhost:6060", "same-site", 403},
		} {
			if c.want == 200 && strings.Contains(path, "profile") {
				continue // takes a second
			}
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host = c.host
			if c.site != "" {
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("GET %s at the host %q, Sec-Fetch-Site %q = %d, want %d", path, c.host, c.site, w.Code, c.want)
			}
		}
	}
}

func TestWithoutAnAddressNothingIsCounted(t *testing.T) {
	s, err := Open(t.Context(), "", 0, slog.New(slog.DiscardHandler))
	if err != nil || s != nil {
		t.Fatalf("Open without an address = %v, %v, want nothing", s, err)
	}
	next := &recorder{}
	if s.Events(next) != auth.Events(next) || s.Observer() != nil {
		t.Error("without an address something stands in the way of events or requests")
	}
	s.Read(nil, nil)
	s.Run(t.Context())
	s.Close()
}

func BenchmarkObserve(b *testing.B) {
	s := opened(b)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s.observe("/dashboard", "GET", 200, 3*time.Millisecond)
		}
	})
	s.set.WritePrometheus(io.Discard)
}
