package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"latchkey/internal/web/webtest"
)

const (
	confirmNew   = "Confirm your new email address"
	emailChanged = "Your email address was changed"
)

// moved asks for a new address, and returns the link that proves it.
func moved(b *webtest.Browser, to string) string {
	b.T.Helper()
	b.Post("/account/email", "email", to, "password", webtest.Password).RedirectsTo("/account").Shows(200, "Check your mail")
	return b.Site.Letter(to, confirmNew).Path(b.Site)
}

// LG-6: nothing changes before the new address is proven, and the former one is told.
func TestAUserChangesTheirAddress(t *testing.T) {
	t.Parallel()
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		to := "new-" + ada
		b, phone := w.SignUp(ada), w.SignIn(ada)
		change := func(email, password string) *webtest.Answer {
			return b.Post("/account/email", "email", email, "password", password)
		}
		change("nonsense", webtest.Password).Shows(422, "Enter an email address")
		change(strings.ToUpper(ada), webtest.Password).Shows(422, "your address already")
		change(to, "not my password at all").Shows(422, "not your password")
		if n := len(w.Letters.To(to)); n != 0 {
			t.Errorf("refused requests have sent %d mails, want none", n)
		}

		link := moved(b, to)
		b.Get("/account").Shows(200, ada)
		scanner := w.Browser()
		for range 3 { // a mail scanner opens links
			scanner.Get(link).RedirectsTo("/verify").Shows(200)
		}
		w.Browser().Post("/signin", "email", to, "password", webtest.Password).Shows(422)

		b.Get(link)
		b.Post("/verify").RedirectsTo("/account").Shows(200, to, "Verified")
		phone.Get("/account").Shows(200, to)
		if got := phone.Get("/auth/session"); !strings.Contains(got.Text, to) {
			t.Errorf("another device's session says %s, want the new address", got.Text)
		}
		w.Letter(ada, emailChanged)
		b.Get(link)
		b.Post("/verify").Shows(410) // once
		w.Browser().Post("/signin", "email", ada, "password", webtest.Password).Shows(422)
		w.Browser().Post("/signin", "email", to, "password", webtest.Password).Shows(303)
		w.SignUp(ada) // is free again
	})
}

// LG-5: whoever opens the link without knowing the account's password confirms nothing. The
// account may be that of somebody who wants it to look like theirs.
func TestAStrangerConfirmsNobodysNewAddress(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		mallory, victim := "mallory-"+webtest.Email(t), webtest.Email(t)
		b := w.SignUp(mallory)
		link := moved(b, victim)
		bob := w.SignUp("bob-" + victim) // somebody else's session proves nothing
		for _, other := range []*webtest.Browser{w.Browser(), bob} {
			other.Get(link).RedirectsTo("/verify").Shows(200, "Enter the password of your account").Lacks(mallory)
			other.Post("/verify").Shows(422, "Enter the password of your account")
			other.Post("/verify", "password", newPassword).Shows(422, "not the password of this account")
		}
		b.Get("/account").Shows(200, mallory)
		w.Browser().Post("/signin", "email", victim, "password", webtest.Password).Shows(422)

		phone := w.Browser() // the owner reads their mail elsewhere
		phone.Get(link)
		phone.Post("/verify", "password", webtest.Password).RedirectsTo("/signin")
		b.Get("/account").Shows(200, victim)
	})
}

// A taken address looks like any other, and its owner is told.
func TestATakenAddressIsNotTold(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		b := w.SignUp(ada)
		w.SignUp("bob-" + ada)
		free := b.Post("/account/email", "email", "free-"+ada, "password", webtest.Password)
		taken := b.Post("/account/email", "email", "bob-"+ada, "password", webtest.Password)
		if free.StatusCode != taken.StatusCode || free.Header.Get("Location") != taken.Header.Get("Location") {
			t.Errorf("a free address is answered %d, a taken one %d", free.StatusCode, taken.StatusCode)
		}
		w.Letter("bob-"+ada, "Somebody asked for your address")

		// Taken after the link was sent.
		link := w.Letter("free-"+ada, confirmNew).Path(w)
		w.SignUp("free-" + ada)
		b.Get(link)
		b.Post("/verify").Shows(410)
		b.Get("/account").Shows(200, ada)
	})
}

// The owner of the former address takes it back for a day, whatever somebody has done with
// the account meanwhile.
func TestAChangeOfAddressIsUndone(t *testing.T) {
	webtest.Everywhere(t, func(t *testing.T, w *webtest.Site) {
		ada := webtest.Email(t)
		thief := w.SignUp(ada)
		for _, to := range []string{"thief-" + ada, "thief2-" + ada} { // twice, so that the way back might be lost
			thief.Get(moved(thief, to))
			thief.Post("/verify").Shows(303)
		}
		thief.Post("/account/password", "current", webtest.Password, "password", newPassword).Shows(303)
		theirs := w.Letter("thief-"+ada, emailChanged).Path(w)

		link := w.Letter(ada, emailChanged).Path(w)
		owner := w.Browser()
		owner.Get(link).RedirectsTo("/account/email/undo").Shows(200, ada, "Undo the change")
		thief.Get("/dashboard").Shows(200)
		owner.Post("/account/email/undo").Shows(200, "Your email is back", ada)
		if got := thief.Get("/dashboard"); got.StatusCode != http.StatusSeeOther {
			t.Errorf("the thief's page after the undo = %d, want 303", got.StatusCode)
		}
		thief.Get(theirs) // their own way back is void
		thief.Post("/account/email/undo").Shows(410)
		owner.Get(link)
		owner.Post("/account/email/undo").Shows(410)

		w.Browser().Post("/signin", "email", ada, "password", newPassword).Shows(422) // the thief's is dead as well
		owner.Get(w.Letter(ada, "Choose a new password").Path(w))
		owner.Post("/reset", "password", "umbrella-glacier-trumpet-61").Shows(303)
		w.Browser().Post("/signin", "email", ada, "password", "umbrella-glacier-trumpet-61").Shows(303)
		w.Browser().Post("/signin", "email", ada, "password", newPassword).Shows(422)
	})
}

// The links live for a day.
func TestLinksOfAChangeOfAddressExpire(t *testing.T) {
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	late := moved(b, "new@example.com")
	b.Get(late)
	b.Post("/verify").Shows(303)
	undo := w.Letter("ada@example.com", emailChanged).Path(w)
	w.Wait(25 * time.Hour)
	b = w.Browser()
	b.Get(undo)
	b.Post("/account/email/undo").Shows(410)
}

// What a user hears by mail of what was done in their settings.
func TestChangesAreToldByMail(t *testing.T) {
	w := webtest.OnMemory(t)
	b := w.SignUp("ada@example.com")
	b.Post("/account/password", "current", webtest.Password, "password", newPassword).Shows(303)
	w.Letter("ada@example.com", "Your password was changed")
	b.Post("/account/delete", "password", newPassword).Shows(303)
	w.Letter("ada@example.com", "Your account was deleted")
}
