package web_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"latchkey/internal/web/webtest"
)

// DB-3: a SQLite file that cannot be written any more, as on a disk that the system has turned
// read-only, lets nobody in and signs nobody out. What can be read is shown.
func TestAReadOnlyFileLetsNobodyIn(t *testing.T) {
	for _, strategy := range []string{"jwt", "database"} {
		t.Run(strategy, func(t *testing.T) {
			db := webtest.OpenSQLite(t)
			w := webtest.New(t, db, strategy)
			ada := w.SignUp("ada@example.com")
			writer := db.(interface{ Writer() *sql.DB }).Writer() // one connection
			set := func(value string) {
				t.Helper()
				if _, err := writer.ExecContext(t.Context(), "PRAGMA query_only = "+value); err != nil {
					t.Fatal(err)
				}
			}
			set("on")
			w.Wait(6 * time.Minute) // so that a renewal is due, which writes
			before := ada.Session()
			ada.Get("/dashboard").Shows(200)
			if got := ada.Session(); got != before || got == "" {
				t.Error("a renewal that could not be written has touched the cookie")
			}
			for name, got := range map[string]*webtest.Answer{
				"a sign-in": w.Browser().Post("/signin", "email", "ada@example.com", "password", webtest.Password),
				"a sign-up": w.Browser().Post("/signup", "email", "bob@example.com", "password", webtest.Password),
				"a change":  ada.Post("/account/sessions/end-all"),
			} {
				if got.Shows(503, "Nothing is lost"); len(got.Cookies()) != 0 {
					t.Errorf("%s that could not be written sets a cookie", name)
				}
			}
			if !strings.Contains(w.Log.String(), "must be writable by the user that runs this program") {
				t.Error("the log does not say what to do")
			}
			set("off")
			ada.Get("/dashboard").Shows(200)
			w.SignUp("bob@example.com") // nothing of the first try is in the way
		})
	}
}
