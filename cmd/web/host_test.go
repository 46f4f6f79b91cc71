package main

import (
	"slices"
	"strings"
	"testing"
)

func TestBaseURLIsTheOriginThatBrowsersSend(t *testing.T) {
	for in, want := range map[string]string{
		"https://app.example": "https://app.example", "https://app.example/": "https://app.example", "HTTPS://App.Example": "https://app.example",
		"https://app.example:443": "https://app.example", "https://app.example:0443": "https://app.example", "https://app.example:8443": "https://app.example:8443",
		"https://app.example:80": "https://app.example:80", "https://xn--bcher-kva.example": "https://xn--bcher-kva.example", "https://192.0.2.1": "https://192.0.2.1",
		"https://[2001:DB8::1]:443": "https://[2001:db8::1]", "http://[::1]:80": "http://[::1]", "http://localhost:08080": "http://localhost:8080", "http://app.localhost": "http://app.localhost",
	} {
		got, err := load(env("APP_ENV", "development", "BASE_URL", in))
		if err != nil || got.baseURL != want {
			t.Errorf("BASE_URL %q = %q, %v, want %q", in, got.baseURL, err, want)
		}
	}
	for in, want := range map[string]string{
		"https://bücher.example": "xn--", "https://пример.example": "xn--", "https://*.example": "named in full", "https://*": "named in full",
		"https://app.example.": "dot at the end", "https://ada:hunter2@app.example": "user", "https://app.example/app": "without a path", "https://app.example//": "without a path",
		"https://app.example?x": "without a path", "https://app.example?": "without a path", "https://app.example#x": "without a path", "https://app.example#": "without a path", "app.example": "an origin",
		"localhost:8080": "an origin", "//app.example": "an origin", "ftp://app.example": "an origin", "https://": "an origin", "https://app.example:": "colon", "https://app.example:0": "port",
		"https://app.example:65536": "port", "https://app.example:x": "an origin", "https://a b.example": "an origin", " https://app.example": "white space", "https://app.example\t": "white space",
		`"https://app.example"`: "quotation marks", "https://0.0.0.0:8080": "no browser", "https://[::]": "no browser", "https://127.1": "four numbers", "https://2130706433": "four numbers", "https://0x7f.1": "four numbers",
		"https://256.1.1.1": "four numbers", "https://[::ffff:127.0.0.1]": "IPv4", "https://[fe80::1%25eth0]": "zone", "https://-app.example": "letters, digits", "https://app..example": "letters, digits",
		"https://app_1.example": "letters, digits", "https://" + strings.Repeat("a", 64) + ".example": "letters, digits", "https://app.example,https://b.example": "an origin", "null": "an origin",
	} {
		_, err := load(env("APP_ENV", "development", "BASE_URL", in))
		if err == nil || !strings.Contains(err.Error(), "BASE_URL ") || !strings.Contains(err.Error(), want) {
			t.Errorf("BASE_URL %q: %v, want it refused with %q", in, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("BASE_URL %q prints the password", in)
		}
	}
}

func TestAddrAndPort(t *testing.T) {
	for _, tt := range []struct{ env, addr, port, want string }{
		{"", "", "", "localhost:8080"}, {"", "", "3000", "localhost:3000"}, {"", "127.0.0.1:0", "3000", "127.0.0.1:0"}, {"", "[::1]:8080", "", "[::1]:8080"},
		{"production", "", "", ":8080"}, {"production", "", "10000", ":10000"}, {"production", ":9000", "10000", ":9000"}, {"production", "0.0.0.0:80", "", "0.0.0.0:80"},
		{"development", ":8080", "", ":8080"},
	} {
		got, err := load(with(production, "APP_ENV", tt.env, "ADDR", tt.addr, "PORT", tt.port, "BASE_URL", "http://localhost"))
		if err != nil || got.addr != tt.want {
			t.Errorf("in %q with ADDR %q and PORT %q the address is %q, %v, want %q", tt.env, tt.addr, tt.port, got.addr, err, tt.want)
		}
	}
	for addr, want := range map[string]string{
		":": "no port", "localhost:": "no port", "localhost": "host:port", "8080": "host:port", ":${PORT}": "set PORT", ":$PORT": "set PORT", ":{{port}}": "set PORT", "http://localhost:8080": "address of a page",
		"::1:8080": "brackets", "localhost:http": "0 to 65535", ":65536": "0 to 65535", ":-1": "0 to 65535", ":80 80": "0 to 65535", "*:8080": "written :8080", "'localhost:1'": "quotation", "localhost:8080 ": "white space",
	} {
		for _, mode := range []string{"development", "production"} {
			if _, err := load(with(production, "APP_ENV", mode, "ADDR", addr)); err == nil || !strings.Contains(err.Error(), "ADDR ") || !strings.Contains(err.Error(), want) {
				t.Errorf("in %s ADDR %q: %v, want it refused with %q", mode, addr, err, want)
			}
		}
	}
	for _, port := range []string{"http", "65536", "-1", "80,81", "${PORT}"} {
		if _, err := load(with(production, "PORT", port)); err == nil || !strings.Contains(err.Error(), "PORT ") {
			t.Errorf("PORT %q: %v, want it refused", port, err)
		}
	}
}

func TestAllowedHosts(t *testing.T) {
	for _, tt := range []struct {
		env, hosts string
		want       []string
	}{
		{"development", "", nil}, {"production", "", []string{"app.example"}}, {"production", "WWW.app.example, app.example", []string{"app.example", "www.app.example"}},
		{"production", "192.0.2.1,[2001:DB8::1],::1", []string{"app.example", "192.0.2.1", "2001:db8::1", "::1"}}, {"development", "other.example", []string{"app.example", "other.example"}},
	} {
		got, err := load(with(production, "APP_ENV", tt.env, "ALLOWED_HOSTS", tt.hosts))
		if err != nil || !slices.Equal(got.allowedHosts, tt.want) {
			t.Errorf("in %s ALLOWED_HOSTS %q = %q, %v, want %q", tt.env, tt.hosts, got.allowedHosts, err, tt.want)
		}
	}
	for _, hosts := range []string{"*", "*.app.example", ".app.example", "https://app.example", "app.example:443", "[::1]:80", "app.example,", ",", "a b", "ada@app.example", "bücher.example", "app.example.", "app.example/x"} {
		if _, err := load(with(production, "ALLOWED_HOSTS", hosts)); err == nil || !strings.Contains(err.Error(), "ALLOWED_HOSTS ") {
			t.Errorf("ALLOWED_HOSTS %q: %v, want it refused", hosts, err)
		}
	}
}
