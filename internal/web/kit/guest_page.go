package kit

import (
	"bytes"
	"compress/gzip"
	"net/http"

	"github.com/a-h/templ"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/static"
)

// RenderPublic writes a page that holds no secret of a guest, compressed for
// clients that take it. A signed-in user gets the plain page: beside text that
// an attacker can choose, the length of a compressed secret gives it away
// (BREACH, CVE-2013-3587).
func (k *Kit) RenderPublic(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	if authhttp.FromContext(r.Context()).State == auth.StateOK {
		return k.Render(w, r, status, page)
	}
	var buf bytes.Buffer
	if err := page.Render(templ.WithNonce(r.Context(), nonceOf(r.Context())), &buf); err != nil {
		return err
	}
	k.said(w, r)
	Private(w.Header())
	w.Header().Set("Vary", "Cookie, Accept-Encoding")
	asPage(w.Header(), nonceOf(r.Context()))
	if !static.TakesGzip(r) {
		w.WriteHeader(status)
		w.Write(buf.Bytes()) // an error means the reader is gone
		return nil
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := gzip.NewWriter(w)
	z.Write(buf.Bytes()) // likewise
	z.Close()
	return nil
}
