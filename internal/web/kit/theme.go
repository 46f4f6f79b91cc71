package kit

import "net/http"

// themeCookie keeps the theme that the user chose for this browser. The server
// reads it, so that no page flashes in the other one first.
const themeCookie = "theme"

// themeAge is how long the choice holds, in seconds: browsers keep a cookie for
// 400 days at most (RFC 6265bis §5.5).
const themeAge = 400 * 24 * 60 * 60

// SetTheme keeps a theme in the browser: "light" or "dark"; anything else is the
// theme of the user's system.
func (k *Kit) SetTheme(w http.ResponseWriter, name string) {
	cookie := &http.Cookie{
		Name: themeCookie, Value: themeOf(name), Path: "/", MaxAge: themeAge,
		HttpOnly: true, Secure: k.HTTPS(), SameSite: http.SameSiteLaxMode,
	}
	if cookie.Value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
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
