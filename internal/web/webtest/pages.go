package webtest

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/web/kit"
)

// Pages are the routes among these that answer GET with a page: to guests or to
// users, or, where a route names an id, with the page that says there is none.
func (s *Site) Pages(routes chi.Routes) []string {
	s.T.Helper()
	guest, user := s.Browser(), s.SignUp("pages@example.com")
	var pages []string
	chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodGet && !strings.HasSuffix(route, "*") && (isPage(guest, route) || isPage(user, route)) {
			pages = append(pages, route)
		}
		return nil
	})
	slices.Sort(pages)
	return pages
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// isPage asks, and reads no further than it must: a stream has no end.
func isPage(b *Browser, route string) bool {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.Site.URL+placeholder.ReplaceAllString(route, "x"), nil)
	if err != nil {
		b.T.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("User-Agent", b.Agent)
	resp, err := b.Client.Do(r)
	if err != nil {
		b.T.Fatalf("GET %s: %v", route, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotFound && !strings.Contains(route, "{") {
		return false // there is nothing behind it here
	}
	if resp.Header.Get("Location") != "" || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return false
	}
	const document = "<!doctype html>" // and not a part of a page, for a script
	start := make([]byte, len(document))
	_, err = io.ReadFull(resp.Body, start)
	return err == nil && strings.EqualFold(string(start), document)
}

// EveryPageHasASight fails the test for each page that no sight shows.
func EveryPageHasASight(t *testing.T, pages []string, sights ...Sight) {
	t.Helper()
	if len(pages) == 0 {
		t.Error("the walk over the routes has found no page")
	}
	for _, page := range Unseen(pages, sights...) {
		t.Errorf("no sight shows the page %s: describe one, with Page: %q", page, page)
	}
}

// Unseen are the pages that no sight shows.
func Unseen(pages []string, sights ...Sight) []string {
	return slices.DeleteFunc(slices.Clone(pages), func(page string) bool {
		return slices.ContainsFunc(sights, func(s Sight) bool { return s.Page == page })
	})
}

// routesOf are the routes that a part adds.
func (s *Site) routesOf(part kit.Part) chi.Routes {
	s.T.Helper()
	k, err := kit.New(s.built)
	if err != nil {
		s.T.Fatal(err)
	}
	r := chi.NewRouter()
	for _, add := range part.Build(k).Routes {
		r.Group(add)
	}
	return r
}

// takeIn deploys the site with a part, which may be one of those that it can switch
// on or has anyway.
func (s *Site) takeIn(part kit.Part) {
	if part.Switch != "" {
		s.SwitchOn(part.Switch)
	}
	missing := false
	chi.Walk(s.routesOf(part), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		missing = missing || !s.Handler().(chi.Routes).Match(chi.NewRouteContext(), method, placeholder.ReplaceAllString(route, "x"))
		return nil
	})
	if missing {
		s.Add(part)
	}
}
