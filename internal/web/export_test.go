package web

import (
	"github.com/go-chi/chi/v5"

	"latchkey/internal/web/kit"
)

// Parts are the optional parts of the site.
var Parts = parts

// OwnRoutes are the routes that a site has without any part.
func OwnRoutes(k *kit.Kit, cfg Config) chi.Routes { return routes(k, cfg) }

// NotReady are the parts of an instance that keep it from being of use.
var NotReady = notReady
