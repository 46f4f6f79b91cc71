package metrics

import (
	"context"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"sync"
	"time"
)

// profileTime is the longest profile that is taken, and what reading it may take.
const profileTime = 2 * time.Minute

// Run answers until ctx ends. A profile that is being taken then is broken off.
func (s *Service) Run(ctx context.Context) {
	if s == nil {
		return
	}
	server := &http.Server{Handler: s.Handler(), ReadTimeout: 5 * time.Second, WriteTimeout: profileTime, MaxHeaderBytes: 16 << 10}
	s.log.InfoContext(ctx, "metrics and profiles are shown to this machine", "metrics", "http://"+s.Addr()+"/metrics", "profiles", "http://"+s.Addr()+"/debug/pprof/")
	var serving sync.WaitGroup
	for _, l := range s.listeners {
		serving.Go(func() { server.Serve(l) })
	}
	<-ctx.Done()
	server.Close()
	serving.Wait()
}

// Addr is where it listens, as host:port.
func (s *Service) Addr() string { return s.listeners[0].Addr().String() }

// Handler answers at /metrics and below /debug/pprof/.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", s.show)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return local(mux)
}

func (s *Service) show(w http.ResponseWriter, _ *http.Request) {
	if s.read != nil {
		s.read()
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	s.set.WritePrometheus(w)
}

// local refuses what a page of some other site has a browser on this machine send: by a
// name that leads here (DNS rebinding), or by a link that starts a costly profile.
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site := r.Header.Get("Sec-Fetch-Site")
		if !isLocalHost(r.Host) || site != "" && site != "none" && site != "same-origin" {
			http.Error(w, "Ask by the address of this machine, such as 127.0.0.1, and not from another page.", http.StatusForbidden)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func isLocalHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
