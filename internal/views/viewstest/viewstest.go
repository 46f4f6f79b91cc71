// Package viewstest checks that markup keeps to what every page promises: no
// inline style or script, labels, landmarks, escaping. The tests of package views
// use it, and so do those of pages that have their markup elsewhere.
package viewstest

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
)

// Probe is what an attacker would type everywhere (HD-6). Render a page with it
// wherever text is echoed.
const Probe = `"><script>alert(1)</script><img src=x onerror=alert(2)>'`

// Nonce is the one to render pages with.
const Nonce = "n0nce"

// Noon is a moment to render pages at.
var Noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Check holds a page against every promise.
func Check(t *testing.T, html string) {
	for _, promise := range []func(*testing.T, string){
		NothingIsInline,
		EveryScriptHasItsSourceAndTheNonce,
		WhatIsEchoedIsEscaped,
		EveryPageHasOneHeadingAndItsLandmarks,
		EveryInputHasALabelAndAPurpose,
		IDsAreUniqueAndReferencesFindThem,
		EveryFormPostsToAPathOfOurs,
		EveryButtonSaysWhatItDoes,
	} {
		promise(t, html)
	}
}

// Text is the page without its tags.
func Text(html string) string { return anyTag.ReplaceAllString(html, " ") }

// Render returns the markup of a component.
func Render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatalf("Render: %v", err)
	}
	return b.String()
}

// Has checks that the page has a text.
func Has(t *testing.T, html, want string) {
	t.Helper()
	if !strings.Contains(html, want) {
		t.Errorf("the page lacks %s", want)
	}
}

// Lacks checks that it has not.
func Lacks(t *testing.T, html, unwanted string) {
	t.Helper()
	if strings.Contains(html, unwanted) {
		t.Errorf("the page has %s, want it absent", unwanted)
	}
}

var (
	anyTag    = regexp.MustCompile(`<[a-zA-Z][^>]*>`)
	attribute = regexp.MustCompile(`\s([a-zA-Z-]+)(?:="([^"]*)")?`)
	heading1  = regexp.MustCompile(`<h1[ >]`)
)

// Tags lists the opening tags of one element; "" lists all.
func Tags(html, element string) []string {
	return slices.DeleteFunc(anyTag.FindAllString(html, -1), func(tag string) bool {
		name := strings.FieldsFunc(tag, func(r rune) bool { return strings.ContainsRune("< />\n\t", r) })[0]
		return element != "" && name != element
	})
}

// Attr gives the value of an attribute of a tag, and whether it is there.
func Attr(tag, name string) (string, bool) {
	for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
		if m[1] == name {
			return m[2], true
		}
	}
	return "", false
}

// NothingIsInline: the pages keep to a policy without unsafe-inline. (HD-1)
func NothingIsInline(t *testing.T, html string) {
	if len(Tags(html, "style")) > 0 {
		t.Error("the page has a style element, want stylesheets only")
	}
	for _, tag := range Tags(html, "") {
		for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
			if m[1] == "style" || strings.HasPrefix(m[1], "on") {
				t.Errorf("%s has the inline attribute %s", tag, m[1])
			}
		}
	}
}

// EveryScriptHasItsSourceAndTheNonce: a script without the nonce would not run, one without src would be inline. (HD-1)
func EveryScriptHasItsSourceAndTheNonce(t *testing.T, html string) {
	scripts := Tags(html, "script")
	if len(scripts) < 4 {
		t.Errorf("the page has %d scripts, want the import map, session.js, notice.js and app.js at least", len(scripts))
	}
	for i, tag := range scripts {
		src, _ := Attr(tag, "src")
		nonce, _ := Attr(tag, "nonce")
		kind, _ := Attr(tag, "type")
		isMap := i == 0 && kind == "importmap" // before all modules, or browsers ignore it
		if (src == "" && !isMap) || nonce != "n0nce" {
			t.Errorf("%s: src %q and nonce %q, want both", tag, src, nonce)
		}
	}
}

// WhatIsEchoedIsEscaped: whatever is echoed stays text. (HD-6)
func WhatIsEchoedIsEscaped(t *testing.T, html string) {
	Lacks(t, html, "<script>alert")
	Lacks(t, html, "<img")
}

// EveryPageHasOneHeadingAndItsLandmarks lets a screen reader find its way.
func EveryPageHasOneHeadingAndItsLandmarks(t *testing.T, html string) {
	if n := len(heading1.FindAllString(html, -1)); n != 1 {
		t.Errorf("the page has %d h1, want 1", n)
	}
	Has(t, html, `<a class="skip" href="#content">`)
	Has(t, html, `<main id="content"`)
	Has(t, html, `<div id="session-notice"><p role="status"></p>`)
}

// EveryInputHasALabelAndAPurpose lets people and password managers know what belongs where.
func EveryInputHasALabelAndAPurpose(t *testing.T, html string) {
	for _, tag := range Tags(html, "input") {
		kind, _ := Attr(tag, "type")
		if kind == "hidden" || kind == "checkbox" || kind == "radio" { // the last two are in their label
			continue
		}
		id, _ := Attr(tag, "id")
		Has(t, html, `<label for="`+id+`">`)
		if purpose, _ := Attr(tag, "autocomplete"); purpose == "" {
			t.Errorf("%s has no autocomplete, want one for password managers", tag)
		}
	}
}

// IDsAreUniqueAndReferencesFindThem keeps labels and descriptions where they belong.
func IDsAreUniqueAndReferencesFindThem(t *testing.T, html string) {
	var ids []string
	for _, tag := range Tags(html, "") {
		if id, ok := Attr(tag, "id"); ok {
			ids = append(ids, id)
		}
	}
	if slices.Sort(ids); len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("ids %q, want each once", ids)
	}
	for _, tag := range Tags(html, "") {
		for _, name := range []string{"aria-describedby", "aria-labelledby", "data-reveal", "data-copy", "data-count", "popovertarget"} {
			refs, _ := Attr(tag, name)
			for _, ref := range strings.Fields(refs) {
				if !slices.Contains(ids, ref) {
					t.Errorf("%s points with %s at %q, which is not on the page", tag, name, ref)
				}
			}
		}
	}
}

// EveryFormPostsToAPathOfOurs: SE-6 and CSRF: what changes something is a POST to our own origin.
func EveryFormPostsToAPathOfOurs(t *testing.T, html string) {
	for _, tag := range Tags(html, "form") {
		method, _ := Attr(tag, "method")
		action, _ := Attr(tag, "action")
		if method != "post" || !strings.HasPrefix(action, "/") || strings.HasPrefix(action, "//") {
			t.Errorf("%s: method %q, action %q, want post and a path", tag, method, action)
		}
	}
}

// EveryButtonSaysWhatItDoes keeps buttons honest without JavaScript.
func EveryButtonSaysWhatItDoes(t *testing.T, html string) {
	for _, tag := range Tags(html, "button") {
		kind, _ := Attr(tag, "type")
		_, hidden := Attr(tag, "hidden")
		_, opens := Attr(tag, "popovertarget")
		// Else a plain button does nothing without JavaScript, so it starts hidden.
		if kind != "submit" && !(kind == "button" && (hidden || opens)) {
			t.Errorf("%s, want type submit, or type button and hidden", tag)
		}
	}
}
