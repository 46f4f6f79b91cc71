package authapi

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/authjs"
	"latchkey/internal/web/kit"
)

// action is one call of an endpoint: the request, its body as fields, and where
// the client wants to go.
type action struct {
	part     *part
	w        http.ResponseWriter
	r        *http.Request
	fields   map[string]string // of the body; text only
	data     map[string]any    // of a JSON body: its field "data"; nil = none
	callback string            // absolute, on our origin
}

// action makes a handler of one endpoint's function.
func (p *part) action(f func(*action) error) http.HandlerFunc {
	return p.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if r.Method == http.MethodHead { // Auth.js knows GET and POST only
			badRequest(w, r)
			return nil
		}
		a := &action{part: p, w: w, r: r}
		if err := a.readBody(); err != nil {
			if e := kit.StatusOf(err); e.Status == http.StatusRequestEntityTooLarge {
				return e
			}
			badRequest(w, r)
			return nil
		}
		a.readCallback()
		return f(a)
	})
}

// badRequest is Auth.js's answer to what it does not know.
func badRequest(w http.ResponseWriter, _ *http.Request) {
	kit.WriteJSON(w, http.StatusBadRequest, "Bad request.")
}

// readBody takes JSON and forms. Other bodies are ignored, as in Auth.js.
func (a *action) readBody() error {
	if a.r.Method != http.MethodPost {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(a.r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		return a.readJSON()
	case "application/x-www-form-urlencoded":
		err := a.r.ParseForm()
		a.fields = map[string]string{}
		for name := range a.r.PostForm {
			a.fields[name] = a.r.PostForm.Get(name)
		}
		return err
	}
	return nil
}

func (a *action) readJSON() error {
	text, err := io.ReadAll(a.r.Body)
	if err != nil {
		return err
	}
	var body map[string]any
	if err := json.Unmarshal(text, &body); err != nil {
		return err
	}
	a.fields = map[string]string{}
	for name, v := range body {
		if text, ok := v.(string); ok {
			a.fields[name] = text
		}
	}
	a.data, _ = body["data"].(map[string]any)
	return nil
}

// readCallback finds where the client wants to go: the body says, or the query,
// or the cookie that an earlier step left, or nobody. What is asked for in this
// request is kept in the cookie, unless it is there already.
func (a *action) readCallback() {
	asked := a.fields["callbackUrl"]
	if asked == "" {
		asked = a.r.URL.Query().Get("callbackUrl")
	}
	remembered := ""
	if c, err := a.r.Cookie(authjs.CallbackCookieName(a.part.HTTPS())); err == nil {
		remembered = authjs.DecodeValue(c.Value)
	}
	if asked == "" {
		a.callback = a.part.absolute(remembered)
		return
	}
	if a.callback = a.part.absolute(asked); a.callback != remembered {
		a.setCookie(authjs.CallbackCookieName(a.part.HTTPS()), a.callback)
	}
}

// absolute is a callbackUrl as an address on our origin, or the origin itself.
func (p *part) absolute(callbackURL string) string {
	origin := p.Origin()
	path, ok := p.LocalPath(callbackURL)
	if !ok || callbackURL == origin {
		return origin
	}
	return origin + path
}

// url is the address of an endpoint.
func (a *action) url(action string, query ...string) string {
	address := a.part.Origin() + a.part.AuthPath + "/" + action
	values := make([]string, 0, len(query)/2)
	for i := 0; i < len(query); i += 2 {
		values = append(values, query[i]+"="+url.QueryEscape(query[i+1]))
	}
	if len(values) > 0 {
		address += "?" + strings.Join(values, "&")
	}
	return address
}

// setCookie sets one of the two cookies that live until the browser closes.
func (a *action) setCookie(name, value string) {
	http.SetCookie(a.w, &http.Cookie{
		Name: name, Value: authjs.EncodeValue(value), Path: "/",
		HttpOnly: true, Secure: a.part.HTTPS(), SameSite: http.SameSiteLaxMode,
	})
	kit.Private(a.w.Header())
}

// wantsJSON reports whether the client follows redirects itself.
func (a *action) wantsJSON() bool { return a.r.Header.Get("X-Auth-Return-Redirect") != "" }

// redirect sends the client on: by a Location, or as JSON with the same
// headers where it asked for that.
func (a *action) redirect(address string) error {
	kit.Private(a.w.Header())
	a.w.Header().Set("Location", address)
	if a.wantsJSON() {
		return kit.WriteJSON(a.w, http.StatusOK, map[string]string{"url": address})
	}
	a.w.WriteHeader(http.StatusFound)
	return nil
}

// refuse sends the client to where an error is shown. A client that follows
// redirects itself gets no Location and no cookie with it.
func (a *action) refuse(address string) error {
	if !a.wantsJSON() {
		return a.redirect(address)
	}
	a.w.Header().Del("Set-Cookie")
	return kit.WriteJSON(a.w, http.StatusOK, map[string]string{"url": address})
}

// checkCSRF holds the body's token against the cookie's. Where the browser
// vouches that the request is of our own origin, any well-formed token does
// beside a good cookie: two pages that open at once both ask for a token, and
// the cookie can only keep one.
func (a *action) checkCSRF() error {
	cookie, err := a.r.Cookie(authjs.CSRFCookieName(a.part.HTTPS()))
	if err != nil {
		return a.missingCSRF()
	}
	token, ok := a.part.csrf.Open(cookie.Value)
	sent := a.fields["csrfToken"]
	sameOrigin := a.r.Header.Get("Sec-Fetch-Site") == "same-origin" && len(sent) == len(token)
	if !ok || sent != token && !sameOrigin {
		return a.missingCSRF()
	}
	return nil
}

func (a *action) missingCSRF() error {
	session := authhttp.FromContext(a.r.Context()).Session
	a.part.Auth.Record(a.r.Context(), auth.Event{
		Name: auth.EventAuthzFail, UserID: session.User.ID, SessionID: session.ID, Details: []any{"resource", chi.RouteContext(a.r.Context()).RoutePattern(), "reason", "csrf"},
	})
	return errMissingCSRF
}

var errMissingCSRF = errors.New("the CSRF token is missing or not ours")
