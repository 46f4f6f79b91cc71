package metrics

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// requestKey is a series of durations. Routes are patterns, so there are as many series
// as the router has routes, whatever is asked for.
type requestKey struct{ route, method, status string }

// buckets are the durations that are told apart, in seconds: a page takes a millisecond,
// a sign-in waits for its hash, and ten seconds are the most that a handler has.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// Observer measures requests, as kit.Config.Observe; nil = nobody wants to know.
func (s *Service) Observer() func(route, method string, status int, took time.Duration) {
	if s == nil {
		return nil
	}
	return s.observe
}

func (s *Service) observe(route, method string, status int, took time.Duration) {
	key := requestKey{route, methodOf(method), statusOf(status)}
	h, ok := s.requests.Load(key)
	if !ok {
		name := fmt.Sprintf("latchkey_request_duration_seconds{route=%q,method=%q,status=%q}", key.route, key.method, key.status)
		h, _ = s.requests.LoadOrStore(key, s.set.GetOrCreatePrometheusHistogramExt(name, buckets))
	}
	h.(*metrics.PrometheusHistogram).Update(took.Seconds())
}

var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// methodOf keeps methods that somebody invents from being series.
func methodOf(method string) string {
	if slices.Contains(methods, method) {
		return method
	}
	return otherValue
}

// statusOf is the class of a status; "none" = the connection broke before there was one.
func statusOf(status int) string {
	if status < 100 || status > 599 {
		return "none"
	}
	return string('0'+rune(status/100)) + "xx"
}
