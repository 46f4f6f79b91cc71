// Package static holds what the browser fetches besides pages: stylesheets,
// scripts and the site's mark, embedded in the program and served under
// addresses that carry a hash of the content.
//
// A page asks URL for an address such as /static/app.3f2a9c01d2.css. Since
// another content would have another address, the browser may keep it for a
// year without asking. The plain address, /static/app.css, works as well (one
// module importing another uses it) and is checked on every use.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// Prefix is the path below which Handler answers.
const Prefix = "/static/"

//go:embed *.js *.css *.svg vendor
var files embed.FS

// contentTypes says what is served, by file name extension. It is a list of
// our own because mime.TypeByExtension depends on the machine. An embedded
// file with any other extension is not served at all.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml; charset=utf-8",
	".md":  "text/plain; charset=utf-8",
}

// all is the embedded tree, read and hashed once when the program starts.
var all = load(files)

// Add serves the files of another tree as well, such as those of an optional
// part. Call it from an init function: nothing may be served yet. It panics if a
// name is there already.
func Add(tree fs.FS) {
	for name, a := range load(tree).byName {
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
	contentType string
	hash        string // first 10 hex digits of the SHA-256 of body
	immutable   bool   // reached by its hashed name, so it can never change
}

// catalog finds assets by their name below Prefix, plain and hashed.
type catalog struct {
	byName map[string]asset
	urls   map[string]string // plain name to hashed address
}

// URL returns the hashed address of a file, such as "app.css" or
// "vendor/pico.min.css". A name that does not exist gives its plain address,
// which answers 404: a missing file must not take the page down with it.
func URL(name string) string { return all.url(name) }

// Handler serves the files below Prefix. Hashed names are kept by browsers for
// a year, plain names are revalidated by ETag. Everything else is 404, methods
// other than GET and HEAD are 405, and there are no directory listings.
func Handler() http.Handler { return all }

// load reads every servable file of a tree. It panics on a read error, which
// an embedded tree cannot have.
func load(tree fs.FS) catalog {
	c := catalog{byName: map[string]asset{}, urls: map[string]string{}}
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return c.add(tree, name)
	})
	if err != nil {
		panic(fmt.Sprintf("static: reading the embedded files: %v", err))
	}
	return c
}

func (c catalog) add(tree fs.FS, name string) error {
	contentType, served := contentTypes[path.Ext(name)]
	if !served {
		return nil
	}
	body, err := fs.ReadFile(tree, name)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	a := asset{body: body, contentType: contentType, hash: hex.EncodeToString(sum[:5])}
	c.byName[name] = a

	a.immutable = true
	hashed := hashedName(name, a.hash)
	c.byName[hashed] = a
	c.urls[name] = Prefix + hashed
	return nil
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

func (c catalog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Only reading makes sense here; say so rather than ignore the body.
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name, below := strings.CutPrefix(r.URL.Path, Prefix)
	a, found := c.byName[name]
	// A lookup in a map, not in a file system: no path can climb out of it.
	if !below || !found {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("ETag", `"`+a.hash+`"`)
	h.Set("Cache-Control", "no-cache")
	if a.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	// No modification time: the ETag alone decides, the same on every instance.
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(a.body))
}
