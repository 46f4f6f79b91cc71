package main

import (
	"slices"
	"strings"
	"testing"
)

func TestTrustedProxies(t *testing.T) {
	for value, want := range map[string][]string{
		"":                                      nil,
		"10.0.0.0/8":                            {"10.0.0.0/8"},
		" 10.1.2.3/8 , 192.0.2.1,2001:db8::/32": {"10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"},
		"::1":                                   {"::1/128"},
		"0.0.0.0/0":                             {"0.0.0.0/0"}, // in development
	} {
		c, err := load(env("TRUSTED_PROXIES", strings.TrimSpace(value)))
		if err != nil || !slices.Equal(c.trustedProxies, want) {
			t.Errorf("TRUSTED_PROXIES=%q gives %q, %v, want %q", value, c.trustedProxies, err, want)
		}
	}
	for _, value := range []string{"*", "proxy.example", "10.0.0.0/33", "10.0.0", "fe80::1%eth0", "10.0.0.1;10.0.0.2"} {
		if _, err := load(env("TRUSTED_PROXIES", value)); err == nil || !strings.Contains(err.Error(), "TRUSTED_PROXIES has") {
			t.Errorf("TRUSTED_PROXIES=%q = %v, want it refused by name", value, err)
		}
	}
	for _, value := range []string{"0.0.0.0/0", "10.0.0.0/8,::/0"} {
		if _, err := load(env("APP_ENV", "production", "TRUSTED_PROXIES", value)); err == nil || !strings.Contains(err.Error(), "which is everybody") {
			t.Errorf("production with TRUSTED_PROXIES=%q = %v, want it refused", value, err)
		}
	}
}

func TestProductionCountsTries(t *testing.T) {
	if c, err := load(env("RATE_LIMIT", "off")); err != nil || c.rateLimit {
		t.Errorf("RATE_LIMIT=off in development: counted %t, %v, want it off", c.rateLimit, err)
	}
	if _, err := load(env("APP_ENV", "production", "RATE_LIMIT", "off")); err == nil || !strings.Contains(err.Error(), "RATE_LIMIT is off") {
		t.Errorf("RATE_LIMIT=off in production = %v, want it refused", err)
	}
}

func TestTheCacheIsASetting(t *testing.T) {
	for value, want := range map[string]int{"": 16 << 20, "0": 0, "4096": 4096, "512KiB": 512 << 10, "1 GiB": 1 << 30, "4GiB": 4 << 30} {
		if c, err := load(env("SESSION_CACHE", value)); err != nil || c.cacheBytes != want {
			t.Errorf("SESSION_CACHE=%q gives %d, %v, want %d", value, c.cacheBytes, err, want)
		}
	}
	for _, value := range []string{"-1", "5GiB", "999999999999GiB", "1.5MiB", "16MB", "many"} {
		if _, err := load(env("SESSION_CACHE", value)); err == nil {
			t.Errorf("SESSION_CACHE=%q is taken", value)
		}
	}
}

func TestTheBoundOfASessionIsASetting(t *testing.T) {
	for value, want := range map[string]int{"": 16 << 10, "4096": 4096} {
		if c, err := load(env("SESSION_MAX_COOKIE", value)); err != nil || c.maxCookie != want {
			t.Errorf("SESSION_MAX_COOKIE=%q gives %d, %v, want %d", value, c.maxCookie, err, want)
		}
	}
	for _, value := range []string{"0", "-1", "1023", "16385", "3kB"} {
		if _, err := load(env("SESSION_MAX_COOKIE", value)); err == nil {
			t.Errorf("SESSION_MAX_COOKIE=%q is taken", value)
		}
	}
}
