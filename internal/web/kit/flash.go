package kit

import (
	"net/http"
	"time"
)

// flashAge is how long a message waits for the page that says it.
const flashAge = time.Minute

// Flash has the next page say what has just been done, once: call it before
// SeeOther. It works without JavaScript. The text is sealed, so that neither an
// address nor a neighbour's cookie can put words into a page's mouth.
func (k *Kit) Flash(w http.ResponseWriter, text string) error { return k.flashes.Set(w, text) }

// flash is what the page for this request says has just been done; "" = nothing.
func (k *Kit) flash(r *http.Request) string { return k.flashes.Get(r) }

// said forgets the message that a page has shown.
func (k *Kit) said(w http.ResponseWriter, r *http.Request) { k.flashes.Forget(w, r) }
