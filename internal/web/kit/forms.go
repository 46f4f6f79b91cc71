package kit

import (
	"mime"
	"net/http"
)

// ReadForm parses the body of a form. Other content is a 415: a form parser
// that guesses is a form parser that can be fooled.
func ReadForm(r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return &Error{Status: http.StatusUnsupportedMediaType, Err: err}
	}
	if err := r.ParseForm(); err != nil {
		if e := StatusOf(err); e.Status == http.StatusRequestEntityTooLarge {
			return e
		}
		return &Error{Status: http.StatusBadRequest, Err: err}
	}
	return nil
}
