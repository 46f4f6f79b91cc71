package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/web/kit"
)

// AuthPathError is an AuthPath that one of the site's own pages is at, or below.
type AuthPathError struct {
	Path  string // the AuthPath
	Route string // the page's route, such as /notes/{id}
}

func (e *AuthPathError) Error() string {
	return fmt.Sprintf("the endpoints at %s and the page at %s would hide each other", e.Path, e.Route)
}

// checkAuthPath refuses an AuthPath whose endpoints would hide a page or be hidden by
// one, whatever the parts and the project have added. It routes the site once with
// the endpoints where nothing else is, and looks at all routes.
func checkAuthPath(k *kit.Kit, cfg Config) error {
	const elsewhere = "/-auth-path-of-nobody-"
	path := k.AuthPath
	k.AuthPath = elsewhere
	site := routes(k, cfg)
	k.AuthPath = path

	pages, endpoints := map[string]string{}, []string{path}
	err := chi.Walk(site, func(_, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if below, ok := strings.CutPrefix(route, elsewhere); ok {
			endpoints = append(endpoints, path+filledIn(below))
		} else {
			pages[filledIn(route)] = route
		}
		return nil
	})
	if err != nil || len(pages) < 5 || len(endpoints) < 2 {
		return cmp.Or(err, errors.New("the walk over the site's routes has found next to none"))
	}
	for address, route := range pages {
		if address == path || strings.HasPrefix(address, path+"/") {
			return &AuthPathError{path, route}
		}
	}
	for _, address := range endpoints {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			found := chi.NewRouteContext()
			if site.Match(found, method, address) {
				return &AuthPathError{path, found.RoutePattern()}
			}
		}
	}
	return nil
}

var placeholder = regexp.MustCompile(`\{[^}]*\}|\*`)

// filledIn is an address that a route answers.
func filledIn(route string) string { return placeholder.ReplaceAllString(route, "x") }
