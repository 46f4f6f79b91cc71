package metrics

import (
	"context"
	"fmt"

	"latchkey/internal/auth"
)

// counted are the security events that have a metric of their own, and the detail of the
// event by which it is divided; "" = by none.
var counted = map[string]struct{ metric, detail string }{
	auth.EventSessionCreated: {"latchkey_sessions_started_total", "method"},
	auth.EventSessionExpired: {"latchkey_sessions_ended_total", "reason"},
	auth.EventLoginSuccess:   {"latchkey_signins_total", ""},
	auth.EventLoginFail:      {"latchkey_signins_denied_total", "reason"},
	auth.EventRateLimit:      {"latchkey_limited_total", "of"},
}

// Events counts security events on their way to the next.
func (s *Service) Events(next auth.Events) auth.Events {
	if s == nil {
		return next
	}
	return events{s, next}
}

type events struct {
	*Service
	next auth.Events
}

// Record implements auth.Events.
func (e events) Record(ctx context.Context, event auth.Event) {
	e.count("latchkey_security_events_total", "event", event.Name)
	if c, ok := counted[event.Name]; ok {
		e.count(c.metric, c.detail, detailOf(event, c.detail))
	}
	e.next.Record(ctx, event)
}

func (s *Service) count(metric, label, value string) {
	if label != "" {
		metric = fmt.Sprintf("%s{%s=%q}", metric, label, s.values.known(metric, value))
	}
	s.set.GetOrCreateCounter(metric).Inc()
}

// detailOf is a detail of an event; "" = it has none of that name.
func detailOf(event auth.Event, name string) string {
	for i := 0; i+1 < len(event.Details); i += 2 {
		if event.Details[i] == name {
			return fmt.Sprint(event.Details[i+1])
		}
	}
	return ""
}
