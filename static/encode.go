package static

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
)

// compress returns a body in gzip, or nil where that saves less than a tenth:
// pictures and fonts are compressed already.
func compress(body []byte) []byte {
	var buf bytes.Buffer
	z, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression) // an error means an unknown level
	z.Write(body)                                           // into memory: no errors
	z.Close()
	if buf.Len() > len(body)*9/10 {
		return nil
	}
	return buf.Bytes()
}

// TakesGzip reports whether the answer to a request may be in gzip: the client accepts it
// (RFC 9110 §12.5.3) and wants the whole file. A range is one of the plain
// bytes, so that its parts fit together whatever encoding each request accepts.
func TakesGzip(r *http.Request) bool {
	if r.Header.Get("Range") != "" {
		return false
	}
	accepted := false
	for entry := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, params, _ := strings.Cut(entry, ";")
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			return wanted(params) // named outright: this decides, whatever "*" says
		case "*":
			accepted = wanted(params)
		}
	}
	return accepted
}

// wanted reads the weight of a coding, such as "q=0.5"; 0 refuses it.
func wanted(params string) bool {
	q, found := strings.CutPrefix(strings.ToLower(strings.TrimSpace(params)), "q=")
	if !found {
		return true
	}
	weight, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
	return err == nil && weight > 0
}
