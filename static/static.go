// Package static holds what the browser fetches besides pages: stylesheets,
// scripts, the font and the site's pictures, embedded in the program and served
// under addresses that carry a hash of the content.
//
// A page asks URL for an address such as /static/app.3f2a9c01d2.css. Since
// another content would have another address, the browser may keep it for a
// year without asking. The plain address, /static/app.css, works as well (one
// module importing another uses it) and is checked on every use.
//
// Text is sent in brotli or gzip, compressed once; see encode.go. Pages load one
// stylesheet made of two files; see bundle.go.
package static

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Prefix is the path below which Handler answers.
const Prefix = "/static/"

//go:embed *
var files embed.FS

// contentTypes says what is served, by file name extension. It is a list of
// our own because mime.TypeByExtension depends on the machine. An embedded
// file with any other extension is not served at all; see Check.
var contentTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".svg":         "image/svg+xml; charset=utf-8",
	".md":          "text/plain; charset=utf-8",
	".txt":         "text/plain; charset=utf-8",
	".woff2":       "font/woff2",
	".png":         "image/png",
	".jpg":         "image/jpeg",
	".jpeg":        "image/jpeg",
	".webp":        "image/webp",
	".avif":        "image/avif",
	".gif":         "image/gif",
	".ico":         "image/x-icon",
	".mp4":         "video/mp4",
	".pdf":         "application/pdf",
	".webmanifest": "application/manifest+json",
}

// all is the embedded tree, read and hashed once when the program starts.
var all = load(files)

// Add serves the files of another tree as well, such as those of an optional
// part. Call it from an init function: nothing may be served yet. It panics if a
// name is there already.
func Add(tree fs.FS) {
	added := load(tree)
	*all.unserved = append(*all.unserved, *added.unserved...)
	for name, a := range added.byName {
		if _, taken := all.byName[name]; taken {
			panic(fmt.Sprintf("static: there are two files %s", name))
		}
		all.byName[name] = a
		if a.immutable {
			continue
		}
		all.urls[name] = Prefix + hashedName(name, a.hash)
	}
}

// asset is one file as it is served.
type asset struct {
	body        []byte
	packed      func() packed // compressed, when it is first asked for
	contentType string
	hash        string // first 10 hex digits of the SHA-256 of body
	immutable   bool   // reached by its hashed name, so it can never change
}

// catalog finds assets by their name below Prefix, plain and hashed.
type catalog struct {
	byName   map[string]asset
	urls     map[string]string // plain name to hashed address
	unserved *[]string         // files whose type is unknown
}

// Check reports files that are embedded and not served, because contentTypes does
// not know what they are. In development that is an error at start: the page that
// names such a file would find out later.
func Check() error { return all.check() }

func (c catalog) check() error {
	if len(*c.unserved) == 0 {
		return nil
	}
	return fmt.Errorf("static: cannot serve %s: add the type to contentTypes in static/static.go, or move the file elsewhere", strings.Join(*c.unserved, ", "))
}

// URL returns the hashed address of a file, such as "app.css" or
// "vendor/oat.min.css". A name that does not exist gives its plain address,
// which answers 404: a missing file must not take the page down with it.
func URL(name string) string { return all.url(name) }

// Handler serves the files below Prefix to GET and HEAD. Browsers keep hashed
// names for a year and revalidate plain names by ETag. There are no directory
// listings: missing answers everything that is not a file.
func Handler(missing http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, below := strings.CutPrefix(r.URL.Path, Prefix)
		a, found := all.find(name)
		// A lookup in a map, not in a file system: no path can climb out of it.
		if !below || !found {
			missing.ServeHTTP(w, r)
			return
		}
		a.serve(w, r)
	})
}

// hashPattern is what hashedName makes.
var hashPattern = regexp.MustCompile(`^(.+)\.[0-9a-f]{10}(\.[a-z0-9]+)$`)

// find finds a file by its plain or its hashed name. Another release's hash gets the
// current file, to be checked on every use: while a deployment is under way, a page
// of the new release may ask an instance of the old one.
func (c catalog) find(name string) (a asset, found bool) {
	if a, found = c.byName[name]; found {
		return a, true
	}
	parts := hashPattern.FindStringSubmatch(name)
	if parts == nil {
		return asset{}, false
	}
	a, found = c.byName[parts[1]+parts[2]]
	return a, found
}

// File serves one embedded file under an address of its own, such as
// /favicon.ico. It panics when there is no such file, which is found out when
// the program starts.
func File(name string) http.HandlerFunc {
	a, found := all.byName[name]
	if !found {
		panic("static: there is no file " + name)
	}
	return a.serve
}

// filePolicy is the content security policy of a file: opened as a page of its own,
// as a picture in SVG may be, it runs nothing and loads nothing. What a page allows is a
// good part of what a small file weighs on the wire.
const filePolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", filePolicy)
	h.Del("Permissions-Policy") // it uses no feature
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "no-cache")
	if a.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, coding := a.body, ""
	if p := a.packed(); p.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
		switch {
		case takesBrotli(r):
			body, coding = p.brotli, "br"
		case TakesGzip(r):
			body, coding = p.gzip, "gzip"
		}
	}
	etag := a.hash
	if coding != "" {
		// Each encoding is a representation of its own and has its own strong ETag
		// (RFC 9110 §8.8.3.3).
		etag += "-" + coding
		h.Set("Content-Encoding", coding)
		h.Set("Content-Length", strconv.Itoa(len(body))) // ServeContent leaves it out beside an encoding
	}
	h.Set("ETag", `"`+etag+`"`)
	// No modification time: the ETag alone decides, the same on every instance.
	http.ServeContent(&quiet{ResponseWriter: w}, r, "", time.Time{}, bytes.NewReader(body))
}

// quiet leaves out the text that http.ServeContent sends with a range that the file
// does not have (RFC 9110 §15.5.17): the header says how long the file is.
type quiet struct {
	http.ResponseWriter
	refused bool
}

func (q *quiet) WriteHeader(status int) {
	if status == http.StatusRequestedRangeNotSatisfiable {
		q.refused = true
		q.Header().Del("Content-Type")
		q.Header().Set("Content-Length", "0")
	}
	q.ResponseWriter.WriteHeader(status)
}

func (q *quiet) Write(p []byte) (int, error) {
	if q.refused {
		return len(p), nil
	}
	return q.ResponseWriter.Write(p)
}

// load reads every servable file of a tree. It panics on a read error, which
// an embedded tree cannot have.
func load(tree fs.FS) catalog {
	c := catalog{byName: map[string]asset{}, urls: map[string]string{}, unserved: new([]string)}
	var names []string
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	// Files that refer to others come last, when the others have their hashes.
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(refers(a), refers(b)) })
	for _, name := range names {
		err = cmp.Or(err, c.add(tree, name))
	}
	if err != nil {
		panic(fmt.Sprintf("static: reading the embedded files: %v", err))
	}
	for name, parts := range bundles {
		if body := joined(parts, func(part string) []byte { return c.byName[part].body }); body != nil {
			c.put(name, body)
		}
	}
	return c
}

// refers is 1 for files whose text names other files by their plain address.
func refers(name string) int {
	switch path.Ext(name) {
	case ".css", ".webmanifest":
		return 1
	}
	return 0
}

func (c catalog) add(tree fs.FS, name string) error {
	if _, served := contentTypes[path.Ext(name)]; !served {
		if ext := path.Ext(name); ext != ".go" && ext != "" { // source of this package; licences
			*c.unserved = append(*c.unserved, name)
		}
		return nil
	}
	body, err := fs.ReadFile(tree, name)
	if err != nil {
		return err
	}
	if refers(name) == 1 {
		body = c.withHashes(body)
	}
	c.put(name, body)
	return nil
}

// put serves a body under a name whose type is known.
func (c catalog) put(name string, body []byte) {
	sum := sha256.Sum256(body)
	a := asset{body: body, packed: pack(body), contentType: contentTypes[path.Ext(name)], hash: hex.EncodeToString(sum[:5])}
	c.byName[name] = a

	a.immutable = true
	hashed := hashedName(name, a.hash)
	c.byName[hashed] = a
	c.urls[name] = Prefix + hashed
}

// withHashes puts hashed addresses in the place of plain ones, so that a page
// and a stylesheet that name the same font fetch it once.
func (c catalog) withHashes(text []byte) []byte {
	for name, url := range c.urls {
		text = bytes.ReplaceAll(text, []byte(Prefix+name), []byte(url))
	}
	return text
}

// hashedName puts the hash before the extension, so that the extension still
// says what the file is: app.css becomes app.3f2a9c01d2.css.
func hashedName(name, hash string) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hash + ext
}

func (c catalog) url(name string) string {
	if u, ok := c.urls[name]; ok {
		return u
	}
	return Prefix + name
}
