package web_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// forgeries are texts that try to be a line of the log, the end of one, or a command to the
// terminal or the page that shows it.
var forgeries = []string{
	"x\r\ntime=2026-01-02T03:04:05Z level=WARN msg=security event=forged user=root",
	"x\n" + `{"time":"2026-01-02T03:04:05Z","level":"WARN","msg":"security","event":"forged","user":"root"}`,
	`x","event":"forged","user":"root`, `x" event=forged user="root`, " event=forged ", `x\" event=forged`,
	"\x1b[2K\x1b[1Gevent=forged", "\x1b]0;event=forged\x07", "\u009b2Kevent=forged", "x\u0085event=forged", "x\u2028event=forged", "x\u202edegrof=tneve", "x\u200fy", "\x7f\x7f\x7f", "\xff\xfe",
}

// LO-3: whatever a client sends in whatever place, each line of the log stays one line of the
// program's own fields.
func TestNoLineOfTheLogIsForged(t *testing.T) {
	for format, handler := range map[string]func(io.Writer, *slog.HandlerOptions) slog.Handler{
		"json": func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewJSONHandler(w, o) },
		"text": func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewTextHandler(w, o) },
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w := webtest.OnMemory(t)
			w.Auth.Log = slog.New(kit.LogHandler(handler(w.Log, &slog.HandlerOptions{Level: slog.LevelDebug})))
			w.Edge.Log, w.Web.Log = w.Auth.Log, w.Auth.Log
			w.Web.TrustedProxies = []string{"192.0.2.0/24"} // httptest's clients come from there
			w.Web.AllowedHosts = []string{"app.example"}    // others are refused, and said in the log
			w.Add(mishaps)
			for _, text := range forgeries {
				forge(w, text)
			}
			w.Auth.Log.With("note", forgeries[8]).Warn(forgeries[7], "roles", []string{forgeries[11]}, "error", io.EOF)
			lines := strings.Split(strings.TrimSuffix(w.Log.String(), "\n"), "\n")
			if len(lines) < 3*len(forgeries) {
				t.Fatalf("the log has %d lines", len(lines))
			}
			for _, line := range lines {
				plain(t, format, line)
			}
		})
	}
}

// forge sends requests past everything that a client of Go would refuse to send.
func forge(w *webtest.Site, text string) {
	form := url.Values{"email": {text + "@example.com"}, "name": {text}, "password": {text}, "callbackUrl": {"/" + text}, "token": {text}, "csrfToken": {text}}
	for _, to := range []struct{ method, path, origin string }{
		{"POST", "/signin", w.URL}, {"POST", "/signup", w.URL}, {"POST", "/forgot", w.URL}, {"GET", "/nowhere/", w.URL}, {"POST", "/signin", text},
		{"POST", "/auth/signout", w.URL}, {"POST", "/auth/callback/", w.URL}, {text, "/", w.URL},
	} {
		r := httptest.NewRequest("POST", w.URL, strings.NewReader(form.Encode()))
		r.Method = to.method
		r.Host = "app.example"
		r.URL = &url.URL{Path: to.path, RawQuery: "callbackUrl=" + url.QueryEscape(text)}
		if strings.HasSuffix(to.path, "/") {
			r.URL.Path += text
		}
		r.Header = http.Header{
			"Content-Type": {"application/x-www-form-urlencoded"}, "User-Agent": {text}, "Origin": {to.origin}, "Referer": {"https://evil.example/" + text}, "X-Forwarded-For": {text},
			"X-Request-Id": {text}, "Traceparent": {text}, "Sec-Fetch-Site": {text}, "Sec-Fetch-Mode": {"navigate"}, "Cookie": {w.Edge.Cookie.Name + "=" + text},
		}
		if to.origin == w.URL {
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		w.Handler().ServeHTTP(httptest.NewRecorder(), r)
		r.Host = text
		w.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}
}

// plain checks that a line is one record, begins as all do, and has no character that is
// obeyed rather than seen.
func plain(t *testing.T, format, line string) {
	t.Helper()
	hidden := func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
	}
	if i := strings.IndexFunc(line, hidden); i >= 0 {
		t.Errorf("a line holds a character that is not seen, at %d: %q", i, line)
	}
	read := jsonFields
	if format == "text" {
		read = textFields
	}
	fields, ok := read(line)
	if !ok || len(fields) < 3 || fields[0] != "time" || fields[1] != "level" || fields[2] != "msg" {
		t.Errorf("a line is not a record: %q", line)
	}
	seen := map[string]bool{}
	for _, name := range fields {
		if seen[name] {
			t.Errorf("a line has %q twice: %q", name, line)
		}
		seen[name] = true
	}
	if strings.Contains(line, "event=forged user=root") && strings.HasPrefix(line, "time=2026-01-02") {
		t.Errorf("a line is forged: %q", line)
	}
	if seen["event"] && !seen["request_id"] {
		t.Errorf("an event has no request: %q", line)
	}
}

// jsonFields are the names in an object, in order.
func jsonFields(line string) (names []string, ok bool) {
	d := json.NewDecoder(bytes.NewReader([]byte(line)))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, false
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, false
		}
		names = append(names, name.(string))
		var value any
		if d.Decode(&value) != nil {
			return nil, false
		}
		if names[len(names)-1] == "event" && value == "forged" {
			return nil, false
		}
	}
	end, err := d.Token()
	return names, err == nil && end == json.Delim('}') && d.InputOffset() == int64(len(line))
}

// textFields are the names in name=value name="quoted value" ….
func textFields(line string) (names []string, ok bool) {
	for rest := line; rest != ""; rest = strings.TrimPrefix(rest, " ") {
		name, after, found := strings.Cut(rest, "=")
		if !found || strings.ContainsFunc(name, func(r rune) bool { return r != '_' && !unicode.IsLower(r) }) {
			return nil, false
		}
		names = append(names, name)
		value, err := strconv.QuotedPrefix(after)
		if err != nil {
			value, _, _ = strings.Cut(after, " ")
		}
		if name == "event" && value == "forged" {
			return nil, false
		}
		rest = after[len(value):]
		if rest != "" && rest[0] != ' ' {
			return nil, false
		}
	}
	return names, true
}
