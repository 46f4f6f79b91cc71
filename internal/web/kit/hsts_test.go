package kit

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

func TestOnlyProductionHoldsItsNameToHTTPS(t *testing.T) {
	for _, tt := range []struct {
		origin      string
		development bool
		want        bool
	}{
		{"https://app.example", false, true}, {"https://x-8080.app.github.dev", true, false}, {"https://localhost", true, false},
		{"http://localhost", false, false}, {"http://localhost", true, false},
	} {
		origin, _ := url.Parse(tt.origin)
		k := &Kit{Config: Config{Development: tt.development}, origin: origin}
		w := httptest.NewRecorder()
		k.securityHeaders()(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if got := w.Header().Get("Strict-Transport-Security") != ""; got != tt.want {
			t.Errorf("at %s, development %v, Strict-Transport-Security is sent: %v, want %v", tt.origin, tt.development, got, tt.want)
		}
	}
}
