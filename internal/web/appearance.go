package web

import (
	"net/http"

	"latchkey/internal/views"
	"latchkey/internal/web/kit"
)

// appearance is where users choose the theme.
type appearance struct{ *kit.Kit }

func (a appearance) show(w http.ResponseWriter, r *http.Request) error {
	return a.Render(w, r, http.StatusOK, views.Appearance(a.PrivatePage(r)))
}

// submit works without JavaScript, from the menu of any page, and goes back to
// that page.
func (a appearance) submit(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	a.SetTheme(w, r.PostFormValue("theme"))
	back, ok := a.LocalPath(r.PostFormValue("callbackUrl"))
	if !ok {
		back = "/account/appearance"
	}
	return kit.SeeOther(w, r, back)
}

// components shows all components in all their states, for development.
func (a appearance) components(w http.ResponseWriter, r *http.Request) error {
	return a.Render(w, r, http.StatusOK, views.DevUI(a.Page(r)))
}
