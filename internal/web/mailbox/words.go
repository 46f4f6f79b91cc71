package mailbox

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"latchkey/internal/mail"
)

const path = "/dev/mailbox"

func pageAddress(to string, page int) string {
	query := url.Values{"page": {strconv.Itoa(page)}}
	if to != "" {
		query.Set("to", to)
	}
	return path + "?" + query.Encode()
}

// listModel is a page of the mailbox.
type listModel struct {
	To           string // only mail to this address; "" = all
	Mails        []mail.Shown
	Newer, Older string // addresses of the pages before and after; "" = none
}

// piece is a stretch of a mail's text.
type piece struct {
	Text string
	Link bool
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// pieces finds the links in a text, as mail programs do: the stop or bracket behind one
// is not part of it.
func pieces(text string) (all []piece) {
	read := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		link := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)]}'")
		all = append(all, piece{Text: text[read:at[0]]}, piece{Text: link, Link: true})
		read = at[0] + len(link)
	}
	return append(all, piece{Text: text[read:]})
}
