package static

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// During a deployment a page of one release may ask an instance of another.
func TestAnotherReleasesHashGetsTheCurrentFile(t *testing.T) {
	missing := http.NotFoundHandler()
	for path, want := range map[string]struct {
		status int
		cache  string
	}{
		"/static/session.0123456789.js":         {200, "no-cache"},
		"/static/vendor/oat.min.0123456789.css": {200, "no-cache"},
		URL("session.js"):                       {200, "public, max-age=31536000, immutable"},
		"/static/nowhere.0123456789.js":         {404, ""},
		"/static/session.0123456789.css":        {404, ""},
		"/static/session.012345678.js":          {404, ""},
		"/static/session.0123456789.":           {404, ""},
	} {
		w := httptest.NewRecorder()
		Handler(missing).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want.status || w.Header().Get("Cache-Control") != want.cache {
			t.Errorf("GET %s = %d, Cache-Control %q, want %d, %q", path, w.Code, w.Header().Get("Cache-Control"), want.status, want.cache)
		}
	}
}

func TestOwnFilesOfTheUsualTypesAreServed(t *testing.T) {
	tree, kinds := fstest.MapFS{}, "png jpg webp avif ico woff2 txt webmanifest mp4 pdf svg"
	for kind := range strings.FieldsSeq(kinds) {
		tree["own/deep/file."+kind] = &fstest.MapFile{Data: []byte(kind)}
	}
	c := load(tree)
	for kind := range strings.FieldsSeq(kinds) {
		if a, found := c.find("own/deep/file." + kind); !found || string(a.body) != kind || a.contentType == "" {
			t.Errorf("own/deep/file.%s is found: %v, as %q, want it served", kind, found, a.contentType)
		}
	}
	if err := c.check(); err != nil {
		t.Errorf("check = %v, want nil", err)
	}
	tree["own/table.xlsx"] = &fstest.MapFile{}
	if err := load(tree).check(); err == nil || !strings.Contains(err.Error(), "own/table.xlsx") {
		t.Errorf("check = %v, want it to name the file that is not served", err)
	}
	if err := Check(); err != nil {
		t.Errorf("Check = %v, want all of the project's own files served", err)
	}
}
