package web_test

import (
	"os"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/web"
	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// The list of sights cannot fall behind the site: what the router answers with a
// page, a sight shows. Parts are held to the same in their own folders.
func TestEveryPageHasASight(t *testing.T) {
	s := webtest.OnMemory(t)
	inDevelopment(s)
	s.Deploy()
	pages := s.Pages(ownRoutes(t, s))
	if !slices.Contains(pages, "/account/sessions") || !slices.Contains(pages, "/dev/ui") || slices.Contains(pages, "/healthz") {
		t.Errorf("the walk has found the pages %q", pages)
	}
	webtest.EveryPageHasASight(t, pages, slices.Concat(guestSights, mailSights, userSights, accountSights, troubleSights, developerSights)...)

	for _, p := range web.Parts {
		folder := folderOf(p)
		tests, _ := filepath.Glob(filepath.Join(folder, "*_test.go"))
		looks := slices.ContainsFunc(tests, func(file string) bool {
			text, err := os.ReadFile(file)
			return err == nil && strings.Contains(string(text), "webtest.LookAt(t, ")
		})
		if !looks {
			t.Errorf("no test of the part in %s calls webtest.LookAt, which sees that all of its pages are looked at", folder)
		}
	}
}

func TestANewPageWithoutASightIsNoticed(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Add(reading(w).part())
	pages := w.Pages(w.Handler().(chi.Routes))
	unseen := webtest.Unseen(pages, webtest.Sight{Page: "/tasks"}, webtest.Sight{Page: "/signin"})
	for page, want := range map[string]bool{"/tasks": false, "/tasks/{id}": true, "/signin": false, "/signup": true, "/robots.txt": false, "/auth/session": false} {
		if slices.Contains(unseen, page) != want {
			t.Errorf("%s is missing from the sights: %t, want %t, of %q", page, !want, want, unseen)
		}
	}
}

func ownRoutes(t *testing.T, s *webtest.Site) chi.Routes {
	t.Helper()
	cfg := s.Web
	cfg.Edge, cfg.BaseURL = &s.Edge, s.URL
	k, err := kit.New(cfg.Config)
	if err != nil {
		t.Fatal(err)
	}
	return web.OwnRoutes(k, cfg)
}

// folderOf is the folder of a part, by the function that builds it.
func folderOf(p kit.Part) string {
	name := runtime.FuncForPC(reflect.ValueOf(p.Build).Pointer()).Name() // such as latchkey/internal/web/notes.build
	folder, _, _ := strings.Cut(path.Base(name), ".")
	return folder
}
