package views

import (
	"cmp"
	"net/http"
	"time"
)

// errorWords holds the usual title and text of the statuses we answer with.
// Each text says what happened and what the reader can do about it.
var errorWords = map[int]struct{ title, text string }{
	http.StatusForbidden: {
		"That request was not allowed",
		"It seems to have come from another site, or from a page that has been open for a long time. Open the page again from here and try once more.",
	},
	http.StatusNotFound: {
		"There is no page here",
		"The address may be mistyped, or the page may have moved. Nothing is wrong with your account.",
	},
	http.StatusMethodNotAllowed: {
		"This page works another way",
		"The address exists, but it cannot be opened like this. Go back and use the button or form that brought you here.",
	},
	http.StatusRequestEntityTooLarge: {
		"That was too much at once",
		"What was sent is larger than this page accepts, so it was not kept. Send less and try again.",
	},
	http.StatusUnsupportedMediaType: {
		"That cannot be read here",
		"What was sent is not in a form this page understands. Go back and use the form on the page.",
	},
	http.StatusUnprocessableEntity: {
		"Something in the form needs another look",
		"Go back, check what you typed and send it again. Nothing has been changed.",
	},
	http.StatusInternalServerError: {
		"Something broke on our side",
		"It is not your doing, and it has been written down for us to look at. Trying again in a moment often helps.",
	},
	http.StatusServiceUnavailable: {
		"We are not able to answer right now",
		"The site is busy, or a part of it cannot be reached. Nothing is lost and nobody has been signed out.",
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
