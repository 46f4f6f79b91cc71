package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/web/kit"
	"latchkey/static"
)

// siteFiles are the addresses that browsers, crawlers and researchers try by
// themselves.
type siteFiles struct{ *kit.Kit }

func (s siteFiles) routes(r chi.Router) {
	r.Get("/favicon.ico", static.File("favicon.ico"))
	r.Get("/apple-touch-icon.png", static.File("touch-icon.png"))
	r.Get("/robots.txt", s.robots)
	r.Get("/.well-known/security.txt", s.securityTxt)
}

// robots keeps crawlers to the public pages (RFC 9309).
func (s siteFiles) robots(w http.ResponseWriter, _ *http.Request) {
	writeText(w, fmt.Sprintf("User-agent: *\nDisallow: /account/\nDisallow: /dashboard\nDisallow: %s/\n", s.AuthPath))
}

// securityTxt says where to report a vulnerability (RFC 9116). A project puts
// its own contact here.
func (s siteFiles) securityTxt(w http.ResponseWriter, _ *http.Request) {
	expires := s.Auth.Now().AddDate(0, 6, 0).Format(time.DateOnly) + "T00:00:00Z"
	origin := s.Origin()
	host := strings.Split(strings.TrimPrefix(strings.TrimPrefix(origin, "https://"), "http://"), ":")[0]
	writeText(w, fmt.Sprintf("Contact: mailto:security@%s\nExpires: %s\nPreferred-Languages: en\nCanonical: %s/.well-known/security.txt\n",
		host, expires, origin))
}

func writeText(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	w.Write([]byte(text)) // an error means the reader is gone
}
