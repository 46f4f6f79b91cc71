package notes

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
	"latchkey/internal/web/kit"
)

// notes is shared by the handlers.
type notes struct {
	*kit.Kit
	store Store
}

func userID(r *http.Request) string { return authhttp.FromContext(r.Context()).Session.User.ID }

func (n *notes) list(w http.ResponseWriter, r *http.Request) error {
	page := max(1, number(r.FormValue("page")))
	list, total, err := n.store.List(r.Context(), userID(r), (page-1)*perPage, perPage)
	if err != nil {
		return err
	}
	if pages := (total + perPage - 1) / perPage; page > max(1, pages) { // the last page has become empty
		return kit.SeeOther(w, r, listPath(max(1, pages)))
	}
	return n.Render(w, r, http.StatusOK, List(n.PrivatePage(r), ListModel{Notes: list, Page: page, Total: total}))
}

// number reads a page's number; anything else is the first. No list has more pages
// than a database can count.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n > 1_000_000 {
		return 1
	}
	return n
}

func (n *notes) blank(w http.ResponseWriter, r *http.Request) error {
	return n.Render(w, r, http.StatusOK, New(n.PrivatePage(r), FormModel{}))
}

func (n *notes) create(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	title, body, wrong := check(r.PostFormValue("title"), r.PostFormValue("body"))
	if wrong != nil {
		return n.Render(w, r, http.StatusUnprocessableEntity, New(n.PrivatePage(r), FormModel{Title: title, Body: body, Errors: wrong}))
	}
	now := n.Auth.Now()
	note := Note{ID: auth.NewID(), UserID: userID(r), Title: title, Body: body, Version: 1, CreatedAt: now, UpdatedAt: now}
	if err := n.store.Create(r.Context(), note); err != nil {
		return err
	}
	return n.done(w, r, "The note is saved.", notePath(note.ID))
}

func (n *notes) show(w http.ResponseWriter, r *http.Request) error {
	note, err := n.find(r)
	if err != nil {
		return err
	}
	return n.Render(w, r, http.StatusOK, Show(n.PrivatePage(r), note))
}

func (n *notes) edit(w http.ResponseWriter, r *http.Request) error {
	note, err := n.find(r)
	if err != nil {
		return err
	}
	return n.Render(w, r, http.StatusOK, Edit(n.PrivatePage(r), FormModel{ID: note.ID, Title: note.Title, Body: note.Body, Version: note.Version}))
}

// save writes a note, unless it was changed or deleted since its form was opened: then
// the user gets what they wrote back, and nothing of theirs is lost.
func (n *notes) save(w http.ResponseWriter, r *http.Request) error {
	if err := kit.ReadForm(r); err != nil {
		return err
	}
	title, body, wrong := check(r.PostFormValue("title"), r.PostFormValue("body"))
	version, _ := strconv.Atoi(r.PostFormValue("version")) // without one it is 0, which no note has
	m := FormModel{ID: chi.URLParam(r, "id"), Title: title, Body: body, Version: version, Errors: wrong}
	if wrong != nil {
		return n.Render(w, r, http.StatusUnprocessableEntity, Edit(n.PrivatePage(r), m))
	}
	err := n.store.Update(r.Context(), Note{ID: m.ID, UserID: userID(r), Title: title, Body: body, Version: m.Version, UpdatedAt: n.Auth.Now()})
	switch {
	case errors.Is(err, ErrChanged):
		return n.changed(w, r, m)
	case errors.Is(err, ErrNotFound):
		return n.gone(w, r, m)
	case err != nil:
		return err
	}
	return n.done(w, r, "The note is saved.", notePath(m.ID))
}

// changed shows what the user wrote and what the note has become. Saving once more
// puts theirs in its place.
func (n *notes) changed(w http.ResponseWriter, r *http.Request, m FormModel) error {
	note, err := n.store.Get(r.Context(), userID(r), m.ID)
	if errors.Is(err, ErrNotFound) {
		return n.gone(w, r, m)
	}
	if err != nil {
		return err
	}
	m.Version, m.Other = note.Version, &note
	return n.Render(w, r, http.StatusConflict, Edit(n.PrivatePage(r), m))
}

// gone shows what the user wrote for a note that is not there. Saving once more makes a
// new note of it.
func (n *notes) gone(w http.ResponseWriter, r *http.Request, m FormModel) error {
	return n.Render(w, r, http.StatusNotFound, New(n.PrivatePage(r), FormModel{Title: m.Title, Body: m.Body, Gone: true}))
}

func (n *notes) delete(w http.ResponseWriter, r *http.Request) error {
	if err := n.store.Delete(r.Context(), userID(r), chi.URLParam(r, "id")); err != nil {
		return found(err)
	}
	return n.done(w, r, "The note is deleted.", "/notes")
}

// done says once what was done, on the page that comes next.
func (n *notes) done(w http.ResponseWriter, r *http.Request, text, path string) error {
	if err := n.Flash(w, text); err != nil {
		return err
	}
	return kit.SeeOther(w, r, path)
}

// find is the note that the address names, if it is the user's.
func (n *notes) find(r *http.Request) (Note, error) {
	note, err := n.store.Get(r.Context(), userID(r), chi.URLParam(r, "id"))
	return note, found(err)
}

// found makes a 404 of a note that is not there.
func found(err error) error {
	if errors.Is(err, ErrNotFound) {
		return &kit.Error{Status: http.StatusNotFound, Title: "Note not found", Text: "It may have been deleted."}
	}
	return err
}
