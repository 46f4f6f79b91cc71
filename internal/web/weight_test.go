package web_test

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/andybalholm/brotli"
	"golang.org/x/net/html"

	"latchkey/internal/web/webtest"
)

// A first visit stays light: what a browser with an empty cache takes over the
// wire, headers and all, and how often it asks.
func TestAFirstVisitIsLight(t *testing.T) {
	const most, mostRequests = 60_000, 8
	for _, path := range []string{"/", "/signin", "/signup"} {
		v := newVisitor(t)
		page := v.get(path)
		for _, file := range filesOf(t, page) {
			v.get(file)
		}
		t.Logf("%s: %d bytes of HTML, %d bytes on the wire in %d requests", path, len(page), v.bytes.Load(), v.requests)
		for _, want := range []string{"site.", "geist.", "session.", "app.", "favicon.", ".webmanifest"} {
			if !slices.ContainsFunc(v.asked, func(p string) bool { return strings.Contains(p, want) }) {
				t.Errorf("%s: the visitor has not asked for %s, which a browser does; it asked for %q", path, want, v.asked)
			}
		}
		if v.bytes.Load() > most || v.requests > mostRequests {
			t.Errorf("%s takes %d bytes in %d requests, want at most %d in %d", path, v.bytes.Load(), v.requests, most, mostRequests)
		}
	}
}

// visitor counts what comes in through its connections, as HTTP/1.1.
type visitor struct {
	t        *testing.T
	origin   string
	client   *http.Client
	bytes    atomic.Int64
	requests int
	asked    []string
}

func newVisitor(t *testing.T) *visitor {
	site := webtest.OnMemory(t) // as in production: no demo user, nothing but the site's own pages
	server := httptest.NewServer(site.Handler())
	t.Cleanup(server.Close)
	v := &visitor{t: t, origin: server.URL}
	v.client = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return countingConn{c, &v.bytes}, err
	}}}
	t.Cleanup(v.client.CloseIdleConnections)
	return v
}

type countingConn struct {
	net.Conn
	read *atomic.Int64
}

func (c countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// get asks as Chrome does and returns the text.
func (v *visitor) get(path string) string {
	v.t.Helper()
	r, _ := http.NewRequest("GET", v.origin+path, nil)
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36")
	resp, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(unpacked(v.t, resp))
	if err != nil || resp.StatusCode != http.StatusOK {
		v.t.Fatalf("GET %s = %d, %v, want 200", path, resp.StatusCode, err)
	}
	v.requests++
	v.asked = append(v.asked, path)
	return string(body)
}

func unpacked(t *testing.T, resp *http.Response) io.Reader {
	switch coding := resp.Header.Get("Content-Encoding"); coding {
	case "br":
		return brotli.NewReader(resp.Body)
	case "gzip":
		z, err := gzip.NewReader(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	return resp.Body
}

// filesOf are the files that a browser fetches for a page, each once. It leaves out
// the touch icon, which only adding the page to a home screen asks for.
func filesOf(t *testing.T, page string) []string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for n := range doc.Descendants() {
		attribute := func(name string) string {
			i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
			if i < 0 {
				return ""
			}
			return n.Attr[i].Val
		}
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "link" && slices.Contains([]string{"preload", "modulepreload", "stylesheet", "icon", "manifest"}, attribute("rel")):
			files = append(files, attribute("href"))
		case attribute("type") == "importmap":
			var modules struct{ Imports map[string]string }
			if err := json.Unmarshal([]byte(n.FirstChild.Data), &modules); err != nil {
				t.Fatal(err)
			}
			for _, file := range modules.Imports {
				files = append(files, file) // a module imports it by its plain name
			}
		default:
			files = append(files, attribute("src"))
		}
	}
	slices.Sort(files)
	return slices.DeleteFunc(slices.Compact(files), func(f string) bool { return f == "" })
}

// A stylesheet and a module make a browser fetch more. Here that is nothing that the
// page does not name itself; or a page would weigh more than TestAFirstVisitIsLight says.
func TestNoFileBringsAnotherThatThePageDoesNotName(t *testing.T) {
	v := newVisitor(t)
	page := v.get("/")
	files := filesOf(t, page)
	inside := regexp.MustCompile(`url\("?([^")]+)"?\)|(?m:^import .* from "([^"]+)")`)
	found := 0
	for _, file := range files {
		if !strings.HasSuffix(file, ".css") && !strings.HasSuffix(file, ".js") {
			continue
		}
		for _, m := range inside.FindAllStringSubmatch(v.get(file), -1) {
			name := cmp.Or(m[1], m[2])
			if strings.HasPrefix(name, "data:") {
				continue
			}
			found++
			base, _ := url.Parse(file)
			other, err := base.Parse(name)
			if err != nil {
				t.Fatal(err)
			}
			mapped := strings.Contains(page, `"`+other.Path+`":"`) // the import map has it
			if !mapped && !slices.Contains(files, other.Path) {
				t.Errorf("%s brings %s, which the page does not name", file, other.Path)
			}
		}
	}
	if found < 2 {
		t.Errorf("the files bring %d others, want at least the font and session.js seen", found)
	}
}
