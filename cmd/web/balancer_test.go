package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// balancer stands before several instances, as a load balancer does: each request goes to
// the next of those that were ready when they were asked last, and to no second one.
type balancer struct {
	t         *testing.T
	url       string
	transport *http.Transport // to the instances, whose connections it keeps

	mu        sync.Mutex
	instances []*instance
	last      int // the one that got the last request
}

// instance is a process that a balancer sends requests to.
type instance struct {
	*process
	address *url.URL
	ready   atomic.Bool
	answers atomic.Int64
}

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	b := &balancer{t: t, transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	type key struct{}
	proxy := &httputil.ReverseProxy{
		Transport: b.transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(r.In.Context().Value(key{}).(*instance).address)
			r.Out.Host = r.In.Host
		},
		ModifyResponse: func(resp *http.Response) error {
			resp.Request.Context().Value(key{}).(*instance).answers.Add(1)
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusBadGateway)
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := b.next()
		if i == nil {
			http.Error(w, "no instance is ready", http.StatusBadGateway)
			return
		}
		proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, i)))
	}))
	b.url = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		b.transport.CloseIdleConnections()
	})
	return b
}

// next is the instance whose turn it is, nil if none is ready.
func (b *balancer) next() *instance {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range b.instances {
		b.last = (b.last + 1) % len(b.instances)
		if i := b.instances[b.last]; i.ready.Load() {
			return i
		}
	}
	return nil
}

// add has a process that runs get requests as soon as it is ready, and waits for that.
func (b *balancer) add(p *process) *instance {
	b.t.Helper()
	address, err := url.Parse(listeningOn(b.t, p))
	if err != nil {
		b.t.Fatal(err)
	}
	i := &instance{process: p, address: address}
	b.mu.Lock()
	b.instances = append(b.instances, i)
	b.mu.Unlock()
	go i.watch()
	until(b.t, "an instance is ready", i.ready.Load)
	return i
}

// watch asks an instance, until it has ended, whether it is ready.
func (i *instance) watch() {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 2 * time.Second}
	for {
		resp, err := client.Get(i.address.String() + "/readyz")
		if err == nil {
			resp.Body.Close()
		}
		i.ready.Store(err == nil && resp.StatusCode == http.StatusOK)
		select {
		case <-i.ended:
			i.ready.Store(false)
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (i *instance) String() string { return "the instance at " + i.address.Host }
