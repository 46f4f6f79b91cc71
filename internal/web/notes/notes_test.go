package notes_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"latchkey/internal/auth"
	"latchkey/internal/web/notes"
	"latchkey/internal/web/notes/notestest"
	"latchkey/internal/web/webtest"
)

// The stores do what is said of them, on every database.
func TestStores(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		notestest.Run(t, func(*testing.T) notes.Store { return &notestest.Memory{} })
	})
	webtest.OnDatabases(t, func(t *testing.T, open func(t *testing.T) webtest.Database) {
		notestest.Run(t, func(t *testing.T) notes.Store {
			db := open(t)
			for _, id := range []string{"ada", "bob"} {
				u := auth.User{ID: id, Email: id + "@example.com", CreatedAt: time.Now(), UpdatedAt: time.Now()}
				if err := db.CreateUser(t.Context(), u, ""); err != nil {
					t.Fatal(err)
				}
			}
			store := notes.Open(db)
			if store == nil {
				t.Fatal("there is no store of notes for this database")
			}
			return store
		})
	})
}

// write sends the form of a new note and returns the note's path.
func write(b *webtest.Browser, title, body string) string {
	b.T.Helper()
	got := b.Post("/notes", "title", title, "body", body)
	path := got.Header.Get("Location")
	if got.StatusCode != http.StatusSeeOther || !strings.HasPrefix(path, "/notes/") {
		b.T.Fatalf("POST /notes = %d to %q, want 303 to the note: %.300s", got.StatusCode, path, got.Text)
	}
	return path
}

// A user writes a note, finds it, changes it and deletes it.
func TestANoteFromItsFirstWordToItsLast(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		ada := s.SignUp(webtest.Email(t))
		ada.Get("/notes").Shows(200, "No notes yet", "Write a note", "<title>Notes")
		ada.Get("/dashboard").Shows(200, `href="/notes"`, "example feature")
		ada.Get("/notes/new").Shows(200, `name="title"`, `name="body"`)

		path := write(ada, " Milk & <b>bread</b> ", "two\r\nlines")
		ada.Get(path).Shows(200, "The note is saved.", "Milk &amp; &lt;b&gt;bread&lt;/b&gt;", "two\nlines")
		ada.Get("/notes").Shows(200, `href="`+path+`"`, "<bdi>Milk")
		ada.Get("/dashboard").Shows(200, "<bdi>Milk")
		ada.Get("/account/export").Shows(200, `"title":"Milk \u0026 `)

		ada.Get(path+"/edit").Shows(200, `name="version" value="1"`, ">two\nlines</textarea>")
		ada.Post(path, "title", "Milk", "body", "", "version", "1").RedirectsTo(path).Shows(200, "The note is saved.", "Nothing but the title.")
		ada.Post(path+"/delete").RedirectsTo("/notes").Shows(200, "The note is deleted.", "No notes yet")
		ada.Get(path).Shows(404, "Note not found")
		ada.Get(path+"/edit").Shows(404, "Note not found")
		ada.Post(path+"/delete").Shows(404, "Note not found")
		ada.Get("/notes").Shows(200).Lacks("The note is deleted.")
	})
}

// What is wrong is said at its field, and nothing that was typed is lost.
func TestWhatIsWrongWithANote(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		ada := s.SignUp(webtest.Email(t))
		path := write(ada, "Milk", "")
		for _, form := range []string{"/notes", path} {
			ada.Post(form, "title", " \n", "body", "kept", "version", "1").Shows(422, "Enter a title.", ">kept</textarea>", `aria-invalid="true"`)
			for _, unseen := range []string{"\u200b", "\u2800", "\u3164", "a\u202eb", "a\nb", "a\x1bb"} {
				ada.Post(form, "title", unseen, "body", "kept", "version", "1").Shows(422, "no control characters", ">kept</textarea>")
			}
			ada.Post(form, "title", strings.Repeat("é", 201), "version", "1").Shows(422, "at most 200 characters", "éé")
			ada.Post(form, "title", "kept", "body", strings.Repeat("日", 10_001), "version", "1").Shows(422, "at most 10000 characters", `value="kept"`)
			ada.Post(form, "title", "a\x00", "version", "1").Shows(422)
			ada.Post(form, "title", "a\xff", "version", "1").Shows(422)
		}
		write(ada, strings.Repeat("é", 200), strings.Repeat("日", 10_000))
		for _, path := range []string{"/notes/no-such-note", "/notes/%00", "/notes/%ff", "/notes/" + strings.Repeat("x", 300), "/notes/1'--"} {
			if got := ada.Get(path); got.StatusCode != 404 && got.StatusCode != 422 {
				t.Errorf("GET %.40s = %d, want 404 or 422", path, got.StatusCode)
			}
		}
	})
}

// Nobody sees or touches what another user wrote, and no guest gets in.
func TestNotesAreTheirUsersAlone(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		ada, bob := s.SignUp(webtest.Email(t)), s.SignUp("bob-"+webtest.Email(t))
		path := write(ada, "Ada's secret", "x")
		bob.Get("/notes").Shows(200).Lacks("secret")
		bob.Get(path).Shows(404).Lacks("secret")
		bob.Get(path + "/edit").Shows(404).Lacks("secret")
		for _, version := range []string{"0", "1", "2"} {
			bob.Post(path, "title", "Bob's", "version", version).Shows(404).Lacks("secret")
		}
		bob.Post(path + "/delete").Shows(404).Lacks("secret")
		ada.Get(path).Shows(200, "secret")

		guest := s.Browser()
		for _, path := range []string{"/notes", "/notes/new", path, path + "/edit"} {
			if got := guest.Get(path); got.StatusCode != http.StatusSeeOther {
				t.Errorf("a guest's GET %s = %d, want 303", path, got.StatusCode)
			}
		}
		guest.Post("/notes", "title", "x").Shows(303)
	})
}

// Two windows change one note: the second user of the form is told, and loses nothing.
func TestAChangeInAnotherWindowIsNoticed(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		ada := s.SignUp(webtest.Email(t))
		path := write(ada, "Milk", "one litre")
		ada.Post(path, "title", "Milk", "body", "two litres", "version", "1").Shows(303)
		ada.Post(path, "title", "Milk", "body", "three litres", "version", "1").
			Shows(409, "changed while you wrote", ">three litres</textarea>", "two litres", `name="version" value="2"`)
		for _, version := range []string{"", "0", "-1", "x", "3", "99999999999999999999"} {
			ada.Post(path, "title", "Milk", "body", "three litres", "version", version).Shows(409, ">three litres</textarea>", `name="version" value="2"`)
		}
		ada.Get(path).Shows(200, "two litres")
		ada.Post(path, "title", "Milk", "body", "three litres", "version", "2").RedirectsTo(path).Shows(200, "three litres")
	})
}

// A note that is deleted while it is written takes nothing of what was typed with it.
func TestADeletedNoteLeavesWhatWasTyped(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		ada := s.SignUp(webtest.Email(t))
		path := write(ada, "Milk", "one litre")
		ada.Post(path + "/delete").Shows(303)
		ada.Post(path, "title", "Milk", "body", "two litres", "version", "1").
			Shows(404, "This note is no longer there", `value="Milk"`, ">two litres</textarea>", `action="/notes"`).Lacks(`name="version"`)
		ada.Get("/notes").Shows(200, "No notes yet")
	})
}

// A form that is sent twice makes one note.
func TestANoteIsWrittenOnce(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		ada := s.SignUp(webtest.Email(t))
		form := regexp.MustCompile(`name="form" value="(\w+)"`).FindStringSubmatch(ada.Get("/notes/new").Text)
		if form == nil {
			t.Fatal("the form has no id")
		}
		first := ada.Post("/notes", "form", form[1], "title", "Milk")
		second := ada.Post("/notes", "form", form[1], "title", "Milk")
		if to := first.Header.Get("Location"); first.StatusCode != 303 || second.StatusCode != 303 || second.Header.Get("Location") != to {
			t.Errorf("a form sent twice leads to %d %q and %d %q, want one note", first.StatusCode, to, second.StatusCode, second.Header.Get("Location"))
		}
		if n := strings.Count(ada.Get("/notes").Text, "<bdi>Milk"); n != 1 {
			t.Errorf("a form sent twice has made %d notes, want 1", n)
		}
	})
}

// A session that the database knows to be over changes nothing, though this instance
// has validated it a moment ago and has not heard.
func TestAnEndedSessionChangesNoNote(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, plain *webtest.Site) {
		s := webtest.New(t, webtest.Hold(plain.Database), plain.Auth.Strategy)
		s.Web.Store = plain.Database
		s.Deploy()
		email := webtest.Email(t)
		ada := s.SignUp(email)
		path := write(ada, "Milk", "")
		u, _, err := s.Database.UserByEmail(t.Context(), email)
		if err != nil {
			t.Fatal(err)
		}
		ada.Get(path).Shows(200, "Milk")
		if _, err := plain.Database.End(t.Context(), auth.Selector{UserID: u.ID}, auth.ReasonAdmin, s.Now()); err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{"/notes", path, path + "/delete"} {
			got := ada.Post(form, "title", "Changed", "version", "1")
			if to := got.Header.Get("Location"); got.StatusCode != 303 || !strings.HasPrefix(to, "/signin") {
				t.Errorf("POST %s of an ended session = %d to %q, want 303 to /signin", form, got.StatusCode, to)
			}
		}
		list, total, err := notes.Open(plain.Database).List(t.Context(), u.ID, 0, 10)
		if err != nil || total != 1 || list[0].Title != "Milk" || list[0].Version != 1 {
			t.Errorf("an ended session leaves %+v, %v, want the note as it was", list, err)
		}
	})
}

// A long list comes in pages, and one that has become shorter has no empty page.
func TestNotesComeInPages(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		email := webtest.Email(t)
		ada := s.SignUp(email)
		u, _, err := s.Database.UserByEmail(t.Context(), email)
		if err != nil {
			t.Fatal(err)
		}
		store := notes.Open(s.Database)
		for i := range 41 {
			at := s.Now().Add(time.Duration(i) * time.Second)
			n := notes.Note{ID: auth.NewID(), UserID: u.ID, Title: "Note", Version: 1, CreatedAt: at, UpdatedAt: at}
			if err := store.Create(t.Context(), n); err != nil {
				t.Fatal(err)
			}
		}
		var seen []string
		for page, want := range map[string]int{"/notes": 20, "/notes?page=2": 20, "/notes?page=3": 1} {
			got := ada.Get(page).Shows(200, "of 3")
			links := regexp.MustCompile(`href="(/notes/[\w-]{10,})"`).FindAllStringSubmatch(got.Text, -1)
			if len(links) != want {
				t.Errorf("%s has %d notes, want %d", page, len(links), want)
			}
			for _, link := range links {
				seen = append(seen, link[1])
			}
		}
		last := regexp.MustCompile(`href="(/notes/[\w-]{10,})"`).FindStringSubmatch(ada.Get("/notes?page=3").Text)[1]
		ada.Post(last + "/delete").Shows(303)
		ada.Get("/notes?page=3").RedirectsTo("/notes?page=2").Shows(200, "of 2")
		for _, odd := range []string{"x", "-1", "0", "99999999999999999999", "1e3"} {
			ada.Get("/notes?page="+odd).Shows(200, "Page 1 of 2")
		}
		if len(seen) != 41 {
			t.Errorf("the pages show %d notes, want 41", len(seen))
		}
	})
}

// The notes go with their user.
func TestNotesGoWithTheirUser(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, s *webtest.Site) {
		email := webtest.Email(t)
		ada := s.SignUp(email)
		u, _, _ := s.Database.UserByEmail(t.Context(), email)
		write(ada, "Milk", "")
		ada.Post("/account/delete", "password", webtest.Password).Shows(303)
		if _, total, err := notes.Open(s.Database).List(t.Context(), u.ID, 0, 1); err != nil || total != 0 {
			t.Errorf("a deleted user has %d notes, %v, want none", total, err)
		}
	})
}

// stalled is a store that does not answer.
type stalled struct{ notes.Store }

func (stalled) List(ctx context.Context, _ string, _, _ int) ([]notes.Note, int, error) {
	<-ctx.Done()
	return nil, 0, ctx.Err()
}

// A session that was checked lately needs no database, and so the dashboard does without
// what is beside its own.
func TestTheDashboardDoesWithoutNotes(t *testing.T) {
	s := webtest.OnMemory(t)
	s.Web.Store = stalled{&notestest.Memory{}}
	s.Deploy()
	ada := s.SignUp("ada@example.com")
	ada.Get("/dashboard").Shows(200, "Welcome").Lacks("New note")
	ada.Get("/account").Shows(200)
}

// The look of every page of the notes, and the dialog that asks.
func TestTheLookOfNotes(t *testing.T) {
	store := &notestest.Memory{}
	var ada *webtest.Browser // the user with many notes
	var path string          // of one of them
	long := strings.Repeat("Donaudampfschiff", 12)
	webtest.LookAt(t, notes.Part, func(s *webtest.Site) { s.Web.Store = store },
		webtest.Sight{Page: "/notes", Name: "notes, none", Show: func(v *webtest.Viewer) {
			v.As(v.Site.SignUp("ada@example.com"))
			v.Visit("/notes", "No notes yet")
		}},
		webtest.Sight{Page: "/notes/new", Name: "notes, new", Show: func(v *webtest.Viewer) { v.Visit("/notes/new", "New note") }},
		webtest.Sight{Page: "/notes", Name: "notes, all errors", Show: func(v *webtest.Viewer) {
			v.Submit("/notes/new", "title", " ", "body", strings.Repeat("long ", 3000))
			v.ComesTo("/notes", "Enter a title")
		}},
		webtest.Sight{Page: "/notes", Name: "notes, many", Show: func(v *webtest.Viewer) {
			ada = v.Site.SignUp("many@example.com")
			for _, title := range []string{"Milk", long, "مرحبا بالعالم", "日本語のメモ", "👩‍👩‍👧 family"} {
				path = write(ada, title, "Some text.\nIn two lines.")
			}
			for range 30 {
				write(ada, "Things to do", "")
			}
			v.As(ada)
			v.Visit("/notes", "Page 1 of 2")
		}},
		webtest.Sight{Page: "/notes", Name: "notes, second page", Show: func(v *webtest.Viewer) { v.Visit("/notes?page=2", "Page 2 of 2") }},
		webtest.Sight{Page: "/notes/{id}", Name: "note", Show: func(v *webtest.Viewer) { v.Visit(path, "two lines") }},
		webtest.Sight{Page: "/notes/{id}", Name: "note, dialog open", Show: func(v *webtest.Viewer) {
			v.Visit(path, "two lines")
			v.Do("open the dialog", chromedp.Click(chromedp.CSS("[popovertarget=delete-note]")), chromedp.WaitVisible(chromedp.CSS("#delete-note")),
				chromedp.Evaluate[chromedp.Void](`Promise.all(document.getAnimations().map((a) => a.finished)).then(() => undefined)`, chromedp.EvalAwaitPromise))
		}},
		webtest.Sight{Page: "/notes/{id}/edit", Name: "note, edit", Show: func(v *webtest.Viewer) { v.Visit(path+"/edit", "Edit note") }},
		webtest.Sight{Page: "/notes/{id}", Name: "note, errors", Show: func(v *webtest.Viewer) {
			v.Submit(path+"/edit", "title", "\u200b")
			v.ComesTo(path, "Use at most 200 characters")
		}},
		webtest.Sight{Page: "/notes/{id}", Name: "note, just saved", Show: func(v *webtest.Viewer) {
			v.Submit(path+"/edit", "title", "Things to do today")
			v.ComesTo(path, "The note is saved.")
		}},
		webtest.Sight{Page: "/notes/{id}", Name: "note, changed meanwhile", Show: func(v *webtest.Viewer) {
			v.Open(path + "/edit")
			ada.Post(path, "title", long, "body", "two litres\nمرحبا", "version", "2").Shows(303)
			v.Do("send the form", chromedp.Click(chromedp.CSS("main form [type=submit]")))
			v.ComesTo(path, "changed while you wrote")
		}},
		webtest.Sight{Page: "/notes/{id}", Name: "note, deleted meanwhile", Show: func(v *webtest.Viewer) {
			v.Open(path + "/edit")
			ada.Post(path + "/delete").Shows(303)
			v.Do("send the form", chromedp.Click(chromedp.CSS("main form [type=submit]")))
			v.ComesTo(path, "no longer there")
		}},
		webtest.Sight{Page: "/notes/{id}", Name: "note, not found", Show: func(v *webtest.Viewer) { v.Visit(path, "Note not found") }},
		webtest.Sight{Page: "/dashboard", Name: "dashboard, notes", Show: func(v *webtest.Viewer) { v.Visit("/dashboard", "All notes") }},
	)
}

// In a real browser, with scripts and without: the dialog asks, Cancel keeps the note,
// and the button deletes it.
func TestADialogAsksBeforeANoteIsDeleted(t *testing.T) {
	s := webtest.OnMemory(t)
	s.Web.Store = &notestest.Memory{}
	s.Deploy()
	ada := s.SignUp("ada@example.com")
	tab := s.OpenTab()
	(&webtest.Viewer{Tab: tab, Site: s}).As(ada)
	for _, off := range []bool{false, true} {
		tab.Do("turn scripts on or off", webtest.Command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off}))
		path := write(ada, "Milk", "")
		tab.Open(path)
		tab.Do("open the dialog", chromedp.Click(chromedp.CSS("[popovertarget=delete-note]")), chromedp.WaitVisible(chromedp.CSS("#delete-note")))
		tab.Do("cancel", chromedp.Click(chromedp.CSS("#delete-note [popovertargetaction=hide]")), chromedp.WaitNotVisible(chromedp.CSS("#delete-note")))
		ada.Get(path).Shows(200, "Milk")
		tab.Do("delete", chromedp.Click(chromedp.CSS("[popovertarget=delete-note]")), chromedp.Click(chromedp.CSS("#delete-note form button")))
		tab.ComesTo("/notes", "No notes yet")
		ada.Get(path).Shows(404)
	}
	tab.Clean()
}
