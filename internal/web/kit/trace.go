package kit

import (
	"net/http"
	"regexp"
	"strings"
)

// traceparent is the header by which programs in front say which of their requests led to
// this one (W3C Trace Context §3.2). A later version may have more behind it.
var traceparent = regexp.MustCompile(`^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-|$)`)

// traceOf is the id of the trace that a request belongs to, for the log; "" = it names none,
// or not as it must. Nothing else of the header is believed, and nobody is let in for it.
func traceOf(r *http.Request) string {
	header := r.Header["Traceparent"]
	if len(header) != 1 || len(header[0]) > 200 {
		return ""
	}
	m := traceparent.FindStringSubmatch(header[0])
	if m == nil || m[1] == "ff" || isZero(m[2]) || isZero(m[3]) || m[1] == "00" && len(header[0]) != 55 {
		return ""
	}
	return m[2]
}

func isZero(hex string) bool { return strings.Trim(hex, "0") == "" }
