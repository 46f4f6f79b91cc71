package metrics

import (
	"context"
	"log/slog"
	"net"
	"sync"

	"github.com/VictoriaMetrics/metrics"

	"latchkey/internal/listen"
)

// Service counts, and shows what it has counted. Nil counts and shows nothing.
type Service struct {
	set       *metrics.Set
	requests  sync.Map // requestKey -> *metrics.PrometheusHistogram
	values    values   // of labels
	read      func()   // brings what services count themselves up to date; see Read
	listeners []net.Listener
	log       *slog.Logger
}

// Open listens at host and port, which must be this machine's alone; "" = nil, nobody
// is to see anything. Run answers.
func Open(ctx context.Context, host string, port int, log *slog.Logger) (*Service, error) {
	if host == "" {
		return nil, nil
	}
	listeners, err := listen.On(ctx, host, port)
	if err != nil {
		return nil, err
	}
	metrics.ExposeMetadata(true) // the type of each metric, as Prometheus has it
	return &Service{set: metrics.NewSet(), listeners: listeners, log: log}, nil
}

// Close stops listening.
func (s *Service) Close() {
	if s != nil {
		listen.Close(s.listeners)
	}
}
