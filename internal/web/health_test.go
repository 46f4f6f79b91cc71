package web_test

import (
	"testing"

	"latchkey/internal/web/webtest"
)

func TestReadySaysWhatTheDatabaseDoesWithout(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Browser().Get("/readyz").Shows(200, `{"status":"ready"}`)
	w.Web.Notes = func() []string { return []string{"the database refuses notifications"} }
	w.Deploy()
	w.Browser().Get("/readyz").Shows(200, `{"notes":["the database refuses notifications"],"status":"ready"}`)
}
