package notes

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"latchkey/internal/accounts"
	"latchkey/internal/views"
)

const (
	maxTitle = 200    // characters
	maxBody  = 10_000 // likewise
	perPage  = 20     // notes on a page of the list
)

// check reads what was typed and says what is wrong with it; nil = nothing. What is
// wrong stays as it was typed, so that nobody has to type it again.
func check(title, body string) (string, string, views.Errors) {
	title, body = strings.TrimSpace(title), strings.ReplaceAll(body, "\r\n", "\n") // as browsers send lines
	wrong := views.Errors{}
	if line, ok := accounts.Line(title, maxTitle); !ok {
		wrong["title"] = fmt.Sprintf("Use at most %d characters, and no control characters or other invisible ones.", maxTitle)
	} else if title = line; title == "" {
		wrong["title"] = "Enter a title."
	}
	if n := utf8.RuneCountInString(body); n > maxBody {
		wrong["body"] = fmt.Sprintf("Use at most %d characters. These are %d.", maxBody, n)
	}
	if len(wrong) == 0 {
		return title, body, nil
	}
	return title, body, wrong
}
