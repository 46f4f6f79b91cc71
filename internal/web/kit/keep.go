package kit

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"latchkey/internal/authjs"
)

// Kept is a text of one kind that a browser keeps for us, sealed, in a cookie of its own:
// the browser cannot read it, and a value of another kind does not open.
type Kept struct {
	kit    *Kit
	name   string // of the cookie, without a prefix
	age    time.Duration
	sealer *authjs.Sealer // nil without Secrets
}

// Keep returns a kind of kept text: the cookie's name and how long it holds.
func (k *Kit) Keep(name string, age time.Duration) *Kept {
	kept := &Kept{kit: k, name: name, age: age}
	if len(k.Secrets) > 0 {
		kept.sealer, _ = authjs.NewSealer("latchkey."+name, k.Secrets...) // New has tried the secrets
	}
	return kept
}

func (c *Kept) cookie(value string, age int) *http.Cookie {
	name := c.name
	if c.kit.HTTPS() {
		name = "__Host-" + name
	}
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: c.kit.HTTPS(), SameSite: http.SameSiteLaxMode,
	}
}

var errNoSecrets = errors.New("the kit has no secrets")

// Set has the browser keep a text from this answer on.
func (c *Kept) Set(w http.ResponseWriter, text string) error { return c.add(w.Header(), text) }

func (c *Kept) add(h http.Header, text string) error {
	if c.sealer == nil {
		return errNoSecrets
	}
	until := c.kit.Auth.Now().Add(c.age).Unix()
	sealed, err := c.sealer.Seal([]byte(strconv.FormatInt(until, 10) + " " + text))
	if err != nil {
		return err
	}
	h.Add("Set-Cookie", c.cookie(sealed, int(c.age/time.Second)).String())
	return nil
}

// Get is what the browser of this request keeps; "" = nothing, or not any more.
func (c *Kept) Get(r *http.Request) string {
	cookie, err := r.Cookie(c.cookie("", 0).Name)
	if err != nil || c.sealer == nil {
		return ""
	}
	opened, err := c.sealer.Open(cookie.Value)
	if err != nil {
		return ""
	}
	until, text, _ := strings.Cut(string(opened), " ")
	if end, err := strconv.ParseInt(until, 10, 64); err != nil || c.kit.Auth.Now().Unix() > end {
		return ""
	}
	return text
}

// Forget has the browser drop what it keeps, if it does.
func (c *Kept) Forget(w http.ResponseWriter, r *http.Request) {
	cookie := c.cookie("", -1)
	if _, err := r.Cookie(cookie.Name); err == nil {
		http.SetCookie(w, cookie)
	}
}
