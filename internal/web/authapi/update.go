package authapi

import (
	"errors"
	"net/http"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/web/kit"
)

// update changes what users may change of their own account. The data is
// the browser's word, so it is a list of allowed fields and not what Auth.js
// makes of it, whatever the application's callback lets through. Every session
// of the user shows the change from its next request on. What is refused is 400
// with an object: the stock client's update does not survive a null there.
func (p *part) update(a *action) error {
	if err := a.checkCSRF(); err != nil {
		return kit.WriteJSON(a.w, http.StatusBadRequest, nil)
	}
	ctx := a.r.Context()
	result := authhttp.FromContext(ctx)
	if result.State == auth.StateOK {
		edit, ok := readEdit(a.data)
		if !ok {
			return &kit.Error{Status: http.StatusBadRequest}
		}
		err := p.Accounts.EditUser(ctx, result.Session.User.ID, edit)
		if _, invalid := errors.AsType[accounts.Invalid](err); invalid {
			return &kit.Error{Status: http.StatusBadRequest}
		}
		if err != nil {
			return err
		}
		if result = authhttp.Refresh(ctx); result.State == auth.StateUnavailable {
			return result.Err
		}
	}
	kit.Private(a.w.Header())
	return kit.WriteSession(a.w, result)
}

// readEdit takes name and image, at the top or under "user", as text or null.
// ok is false when one of them is something else.
func readEdit(data map[string]any) (edit accounts.Edit, ok bool) {
	fields := data
	if user, nested := data["user"].(map[string]any); nested {
		fields = user
	}
	edit.Name, ok = optionalText(fields, "name")
	if !ok {
		return edit, false
	}
	edit.Image, ok = optionalText(fields, "image")
	return edit, ok
}

func optionalText(fields map[string]any, name string) (text *string, ok bool) {
	v, there := fields[name]
	if !there {
		return nil, true
	}
	if v == nil {
		return new(""), true
	}
	s, ok := v.(string)
	return &s, ok
}
