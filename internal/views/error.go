package views

import (
	"cmp"
	"net/http"
	"strconv"
	"time"
)

// ErrorPageModel is a page in place of the one asked for.
type ErrorPageModel struct {
	Status     int    // HTTP status; picks the words that are not given
	Title      string // "": the usual one of the status
	Text       string // "": the usual one of the status; never a Go error's text
	RequestID  string // to find the request in the log; "": not shown
	RetryAfter int    // seconds until another try makes sense; 0: not mentioned
	Again      string // where the other try leads; "": not offered
	Next       Link   // the next step, where the reader can do better than go home; zero: they cannot
}

// errorWords holds the usual title and text of the statuses we answer with.
// Each text says what happened and what the reader can do about it.
var errorWords = map[int]struct{ title, text string }{
	http.StatusBadRequest: {
		"Bad request",
		"The address or the form is damaged. Go back, open the page again and try once more.",
	},
	http.StatusForbidden: {
		"Request blocked",
		"It came from another site, or from a page that has been open for a long time. Open the page again from here and try once more.",
	},
	http.StatusNotFound: {
		"Page not found",
		"The link may be wrong, or the page may have moved. Nothing is wrong with your account.",
	},
	http.StatusMethodNotAllowed: {
		"This page can't be opened like that",
		"The address exists, but it works in another way. Go back and use the button or form that brought you here.",
	},
	http.StatusRequestEntityTooLarge: {
		"That's too large",
		"This page accepts less than what was sent, so nothing was saved. Send less and try again.",
	},
	http.StatusUnsupportedMediaType: {
		"Unknown format",
		"This page can't read what was sent. Go back and use the form on the page.",
	},
	http.StatusUnprocessableEntity: {
		"Check the form",
		"Something in it isn't right. Go back, check what you typed and send it again. Nothing was changed.",
	},
	http.StatusTooManyRequests: {
		"Too many requests",
		"Wait a moment, then try again. Nothing was changed and nobody was signed out.",
	},
	http.StatusRequestHeaderFieldsTooLarge: {
		"That's too large",
		"Your browser sent more than this site reads, most often old cookies. Delete this site's cookies and try again.",
	},
	http.StatusInternalServerError: {
		"Something went wrong",
		"It's our fault, not yours, and we've logged it. Try again in a moment.",
	},
	http.StatusServiceUnavailable: {
		"We'll be right back",
		"The site is busy, or a part of it can't be reached. Nothing is lost and nobody was signed out.",
	},
}

// withWords fills in what the handler left open.
func (m ErrorPageModel) withWords() ErrorPageModel {
	usual, known := errorWords[m.Status]
	if !known {
		usual.title = cmp.Or(http.StatusText(m.Status), "Something went wrong")
		usual.text = "Your request could not be answered. Go back and try again."
	}
	m.Title = cmp.Or(m.Title, usual.title)
	m.Text = cmp.Or(m.Text, usual.text)
	return m
}

// mark is the status as it is shown; a success is none worth showing.
func (m ErrorPageModel) mark() string {
	if m.Status < 400 {
		return ""
	}
	return strconv.Itoa(m.Status)
}

// retryWords says when to come back; "" when there is nothing to wait for.
func (m ErrorPageModel) retryWords() string {
	if m.RetryAfter <= 0 {
		return ""
	}
	if m.RetryAfter < 60 {
		return "Try again in " + plural(m.RetryAfter, "second") + "."
	}
	return "Try again in " + span(time.Duration(m.RetryAfter)*time.Second) + "."
}
