package authapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// exchange is one answer, with everything masked that is new each time.
type exchange struct {
	title, method, path string
	status              int
	header              map[string]string // by lower-case name, one of headers
	cookies             []string          // Set-Cookie lines, attributes in alphabetical order
	body                string
}

// headers are the ones that the file shows, besides Set-Cookie.
var headers = []string{"cache-control", "content-type", "expires", "location", "pragma"}

// String is the exchange in the format of the file. The order of cookies of
// different names does not matter to a browser.
func (e exchange) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "  status %d\n", e.status)
	for _, name := range slices.Sorted(maps.Keys(e.header)) {
		fmt.Fprintf(&out, "  %s: %s\n", name, e.header[name])
	}
	for _, line := range slices.Sorted(slices.Values(e.cookies)) {
		fmt.Fprintf(&out, "  set-cookie: %s\n", line)
	}
	fmt.Fprintf(&out, "  body: %.300s\n", e.body)
	return out.String()
}

// edited is a copy with the deviations, all but the one at skip.
func (e exchange) edited(by []deviation, skip int) exchange {
	e.header, e.cookies = maps.Clone(e.header), slices.Clone(e.cookies)
	for i, d := range by {
		if i != skip {
			d.edit(&e)
		}
	}
	return e
}

func (e *exchange) drop(cookie string) {
	e.cookies = slices.DeleteFunc(e.cookies, func(line string) bool { return strings.HasPrefix(line, cookie+"=") })
}

// withoutExtras is our answer without what may always be added: that no cache
// may keep it, and the link that net/http puts into a redirect for people.
func (e exchange) withoutExtras(theirs exchange) exchange {
	for name, allowed := range map[string]string{"cache-control": "no-store", "expires": "0", "pragma": "no-cache"} {
		if theirs.header[name] == "" && strings.Contains(e.header[name], allowed) {
			delete(e.header, name)
		}
	}
	if e.method == http.MethodGet && e.status == http.StatusFound {
		e.body = ""
		delete(e.header, "content-type")
	}
	return e
}

// recorded is our answer to the request of theirs.
func recorded(theirs exchange, resp *http.Response) exchange {
	ours := exchange{method: theirs.method, status: resp.StatusCode, header: map[string]string{}, cookies: maskedCookies(resp)}
	for _, name := range headers {
		if value := resp.Header.Get(name); value != "" {
			ours.header[name] = value
		}
	}
	if path := ours.header["location"]; ours.method == http.MethodGet && strings.HasPrefix(path, "/") {
		ours.header["location"] = originOf(theirs) + path // as a browser reads it; other clients are told an address
	}
	text, _ := io.ReadAll(resp.Body) // the recorder's: cannot fail
	ours.body = maskedBody(string(text), ours)
	return ours
}

func maskedCookies(resp *http.Response) []string {
	var lines []string
	for _, line := range resp.Header["Set-Cookie"] {
		lines = append(lines, maskedCookie(line))
	}
	return lines
}

func originOf(e exchange) string {
	if strings.HasPrefix(e.title, "https ") {
		return "https://app.example"
	}
	return "http://localhost:3000"
}

var (
	titleLine  = regexp.MustCompile(`^### (.+): ([A-Z]+) (/\S+)$`)
	statusLine = regexp.MustCompile(`^status (\d+)$`)
	headerLine = regexp.MustCompile(`^  ([a-z-]+): ?(.*)$`)
)

// readExchanges reads the file. Of the lines between exchanges, the names in
// the jar are left out: the cookies of the next exchange follow from them.
func readExchanges(t *testing.T) []exchange {
	t.Helper()
	text, err := os.ReadFile("testdata/authjs-exchanges.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []exchange
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if m := titleLine.FindStringSubmatch(line); m != nil {
			all = append(all, exchange{title: m[1], method: m[2], path: m[3], header: map[string]string{}})
		} else if m := statusLine.FindStringSubmatch(line); m != nil {
			all[len(all)-1].status, _ = strconv.Atoi(m[1])
		} else if m := headerLine.FindStringSubmatch(line); m != nil {
			all[len(all)-1].add(m[1], m[2])
		}
	}
	return all
}

func (e *exchange) add(name, value string) {
	switch name {
	case "set-cookie":
		e.cookies = append(e.cookies, maskedCookie(value))
	case "body":
		e.body = maskedBody(value, *e)
	default:
		e.header[name] = value
	}
}

// masks hide what is random or a time, and nothing of another shape. The file
// has long values shortened in the middle.
var masks = []struct {
	shape *regexp.Regexp
	mask  string
}{
	{regexp.MustCompile(`^([\w.-]*csrf-token=)[0-9a-f]{64}%7C[0-9a-f]{64};`), "$1<csrf>;"},
	{regexp.MustCompile(`^([\w.-]*csrf-token=)[0-9a-f]{45}\.\.\.\[\d+ chars\]\.\.\.[0-9a-f]+;`), "$1<csrf>;"},
	{regexp.MustCompile(`^(authjs\.session-token(?:\.\d)?=)\w+\.\.\.\[\d+ chars\]\.\.\.[\w-]+;`), "$1<session>;"},
	{regexp.MustCompile(`^(authjs\.session-token=)eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIiwia[\w-]+\.(?:\.[\w-]+){3};`), "$1<session>;"},
	{regexp.MustCompile(`^(authjs\.session-token=)[\w-]{43};`), "$1<session>;"}, // the database strategy's
	{regexp.MustCompile(`; Expires=\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`), "; Expires=<time>"},
	{regexp.MustCompile(`"expires":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`), `"expires":"<time>"`},
	{regexp.MustCompile(`"csrfToken":"[0-9a-f]{64}"`), `"csrfToken":"<csrf>"`},
}

func masked(text string) string {
	for _, m := range masks {
		text = m.shape.ReplaceAllString(text, m.mask)
	}
	return text
}

func maskedCookie(line string) string {
	parts := strings.Split(masked(line), "; ")
	slices.Sort(parts[1:])
	return strings.Join(parts, "; ")
}

// maskedBody is JSON with its names in order, or the word html for a page. An
// answer to HEAD has no body on the wire, whatever a handler writes.
func maskedBody(text string, e exchange) string {
	if e.method == http.MethodHead {
		return ""
	}
	if strings.HasPrefix(e.header["content-type"], "text/html") {
		return htmlPage.ReplaceAllString(text, "<html>")
	}
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	return masked(canonical(value))
}

var htmlPage = regexp.MustCompile(`(?is)^<(?:!doctype )?html.*>\s*$`)

func canonical(value any) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.Encode(value) // came from JSON
	return strings.TrimSuffix(out.String(), "\n")
}
