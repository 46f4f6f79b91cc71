package web

import (
	"net/http"

	"latchkey/internal/views"
)

// themeCookie keeps the theme that the user chose for this browser. The server
// reads it, so that no page flashes in the other one first.
const themeCookie = "theme"

// themeAge is how long the choice holds, in seconds: browsers keep a cookie for
// 400 days at most (RFC 6265bis §5.5).
const themeAge = 400 * 24 * 60 * 60

func (s *site) appearance(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, views.Appearance(s.privatePage(r)))
}

// setTheme works without JavaScript, from the menu of any page, and goes back
// to that page.
func (s *site) setTheme(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	cookie := &http.Cookie{
		Name: themeCookie, Value: themeOf(r.PostFormValue("theme")), Path: "/", MaxAge: themeAge,
		HttpOnly: true, Secure: s.https(), SameSite: http.SameSiteLaxMode,
	}
	if cookie.Value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
	back, ok := s.localPath(r.PostFormValue("callbackUrl"))
	if !ok {
		back = "/account/appearance"
	}
	return seeOther(w, r, back)
}

// theme is the choice that the browser sends; "" for none.
func theme(r *http.Request) string {
	cookie, err := r.Cookie(themeCookie)
	if err != nil {
		return ""
	}
	return themeOf(cookie.Value)
}

// themeOf takes the themes that there are; anything else is none.
func themeOf(text string) string {
	if text == "light" || text == "dark" {
		return text
	}
	return ""
}
