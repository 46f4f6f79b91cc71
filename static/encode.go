package static

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// packed are the compressed forms of a file; nil: compressing it saves nothing.
type packed struct{ brotli, gzip []byte }

// pack compresses a body when it is first asked for, once and as well as it can
// be done: a start, and a test, need not wait for what nobody asks for.
func pack(body []byte) func() packed {
	return sync.OnceValue(func() packed {
		gzipped := compress(body)
		if gzipped == nil {
			return packed{}
		}
		var buf bytes.Buffer
		z := brotli.NewWriterLevel(&buf, brotli.BestCompression)
		z.Write(body) // into memory: no errors
		z.Close()
		return packed{brotli: buf.Bytes(), gzip: gzipped}
	})
}

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

// TakesGzip reports whether the answer to a request may be in gzip.
func TakesGzip(r *http.Request) bool { return weight(r, "gzip") > 0 }

// takesBrotli reports whether it may be in brotli, and is not better in gzip.
func takesBrotli(r *http.Request) bool {
	return weight(r, "br") > 0 && weight(r, "br") >= weight(r, "gzip")
}

// weight is how much the client wants a coding, from 0 (not at all) to 1 (RFC 9110
// §12.5.3). A range is one of the plain bytes, so that its parts fit together
// whatever encoding each request accepts.
func weight(r *http.Request, coding string) float64 {
	if r.Header.Get("Range") != "" {
		return 0
	}
	any := 0.0
	for entry := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, params, _ := strings.Cut(entry, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "x-gzip" {
			name = "gzip" // its old name
		}
		switch name {
		case coding:
			return quality(params) // named outright: this decides, whatever "*" says
		case "*":
			any = quality(params)
		}
	}
	return any
}

// quality reads the weight of a coding, such as "q=0.5"; 0 refuses it.
func quality(params string) float64 {
	q, found := strings.CutPrefix(strings.ToLower(strings.TrimSpace(params)), "q=")
	if !found {
		return 1
	}
	weight, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
	if err != nil || !(weight > 0) || weight > 1 {
		return 0
	}
	return weight
}
