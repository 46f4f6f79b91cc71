package kit

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"latchkey/internal/authjs"
)

// flashAge is how long a message waits for the page that says it.
const flashAge = time.Minute

// flashCookie carries what has just been done to the next page, which says it
// once. No address can claim it.
func (k *Kit) flashCookie(value string, age int) *http.Cookie {
	name := "flash"
	if k.HTTPS() {
		name = "__Host-flash"
	}
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: k.HTTPS(), SameSite: http.SameSiteLaxMode,
	}
}

// Flash has the next page say what has just been done, once: call it before
// SeeOther. It works without JavaScript. The text is sealed, so that neither an
// address nor a neighbour's cookie can put words into a page's mouth.
func (k *Kit) Flash(w http.ResponseWriter, text string) error {
	until := k.Auth.Now().Add(flashAge).Unix()
	sealed, err := k.flashes.Seal([]byte(strconv.FormatInt(until, 10) + " " + text))
	if err != nil {
		return err
	}
	http.SetCookie(w, k.flashCookie(sealed, int(flashAge/time.Second)))
	return nil
}

// flash is what the page for this request says has just been done; "" = nothing.
func (k *Kit) flash(r *http.Request) string {
	cookie, err := r.Cookie(k.flashCookie("", 0).Name)
	if err != nil || k.flashes == nil {
		return ""
	}
	opened, err := k.flashes.Open(cookie.Value)
	if err != nil {
		return ""
	}
	until, text, _ := strings.Cut(string(opened), " ")
	if end, err := strconv.ParseInt(until, 10, 64); err != nil || k.Auth.Now().Unix() > end {
		return ""
	}
	return text
}

// said forgets the message that a page has shown.
func (k *Kit) said(w http.ResponseWriter, r *http.Request) {
	cookie := k.flashCookie("", -1)
	if _, err := r.Cookie(cookie.Name); err == nil {
		http.SetCookie(w, cookie)
	}
}

// newFlashes is nil without a secret, as in a test of the kit alone.
func newFlashes(secrets []string) (*authjs.Sealer, error) {
	if len(secrets) == 0 {
		return nil, nil
	}
	return authjs.NewSealer("latchkey.flash", secrets...)
}
