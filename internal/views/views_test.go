package views

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	anyTag    = regexp.MustCompile(`<[a-zA-Z][^>]*>`)
	attribute = regexp.MustCompile(`\s([a-zA-Z-]+)(?:="([^"]*)")?`)
	heading1  = regexp.MustCompile(`<h1[ >]`)
)

// tags lists the opening tags of one element; "" lists all.
func tags(html, element string) []string {
	return slices.DeleteFunc(anyTag.FindAllString(html, -1), func(tag string) bool {
		name := strings.FieldsFunc(tag, func(r rune) bool { return strings.ContainsRune("< />\n\t", r) })[0]
		return element != "" && name != element
	})
}

// attr gives the value of an attribute of a tag, and whether it is there.
func attr(tag, name string) (string, bool) {
	for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
		if m[1] == name {
			return m[2], true
		}
	}
	return "", false
}

// HD-1: the pages keep to a policy without unsafe-inline.
func TestNothingIsInline(t *testing.T) {
	eachPage(t, func(t *testing.T, html string) {
		if len(tags(html, "style")) > 0 {
			t.Error("the page has a style element, want stylesheets only")
		}
		for _, tag := range tags(html, "") {
			for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
				if m[1] == "style" || strings.HasPrefix(m[1], "on") {
					t.Errorf("%s has the inline attribute %s", tag, m[1])
				}
			}
		}
	})
}

// HD-1: a script without the nonce would not run, one without src would be inline.
func TestEveryScriptHasItsSourceAndTheNonce(t *testing.T) {
	eachPage(t, func(t *testing.T, html string) {
		scripts := tags(html, "script")
		if n := len(scripts) - strings.Count(html, `src="/static/lab.js"`); n != 4 {
			t.Errorf("the page has %d scripts beside the lab's, want the import map, session.js, notice.js and app.js", n)
		}
		for i, tag := range scripts {
			src, _ := attr(tag, "src")
			nonce, _ := attr(tag, "nonce")
			kind, _ := attr(tag, "type")
			isMap := i == 0 && kind == "importmap" // before all modules, or browsers ignore it
			if (src == "" && !isMap) || nonce != "n0nce" {
				t.Errorf("%s: src %q and nonce %q, want both", tag, src, nonce)
			}
		}
	})
}

// HD-6: whatever is echoed stays text.
func TestWhatIsEchoedIsEscaped(t *testing.T) {
	eachPage(t, func(t *testing.T, html string) {
		wantNotIn(t, html, "<script>alert")
		wantNotIn(t, html, "<img")
	})
}

func TestEveryPageHasOneHeadingAndItsLandmarks(t *testing.T) {
	eachPage(t, func(t *testing.T, html string) {
		if n := len(heading1.FindAllString(html, -1)); n != 1 {
			t.Errorf("the page has %d h1, want 1", n)
		}
		wantIn(t, html, `<a class="skip" href="#content">`)
		wantIn(t, html, `<main id="content"`)
		wantIn(t, html, `<div id="session-notice"><p role="status"></p>`)
	})
}

func TestEveryInputHasALabelAndAPurpose(t *testing.T) {
	eachPage(t, func(t *testing.T, html string) {
		for _, tag := range tags(html, "input") {
			kind, _ := attr(tag, "type")
			if kind == "hidden" {
				continue
			}
			id, _ := attr(tag, "id")
			if wrapped := kind == "checkbox" || kind == "radio"; wrapped {
				continue // in their label
			}
			wantIn(t, html, `<label for="`+id+`">`)
			if purpose, _ := attr(tag, "autocomplete"); purpose == "" {
				t.Errorf("%s has no autocomplete, want one for password managers", tag)
			}
		}
	})
}

func TestIDsAreUniqueAndReferencesFindThem(t *testing.T) {
	eachPage(t, func(t *testing.T, html string) {
		var ids []string
		for _, tag := range tags(html, "") {
			if id, ok := attr(tag, "id"); ok {
				ids = append(ids, id)
			}
		}
		if slices.Sort(ids); len(slices.Compact(slices.Clone(ids))) != len(ids) {
			t.Errorf("ids %q, want each once", ids)
		}
		for _, tag := range tags(html, "") {
			for _, name := range []string{"aria-describedby", "aria-labelledby", "data-reveal", "data-copy", "data-count", "popovertarget"} {
				refs, _ := attr(tag, name)
				for _, ref := range strings.Fields(refs) {
					if !slices.Contains(ids, ref) {
						t.Errorf("%s points with %s at %q, which is not on the page", tag, name, ref)
					}
				}
			}
		}
	})
}

// SE-6 and CSRF: what changes something is a POST to our own origin.
func TestEveryFormPostsToAPathOfOurs(t *testing.T) {
	eachPage(t, func(t *testing.T, html string) {
		for _, tag := range tags(html, "form") {
			method, _ := attr(tag, "method")
			action, _ := attr(tag, "action")
			if method != "post" || !strings.HasPrefix(action, "/") || strings.HasPrefix(action, "//") {
				t.Errorf("%s: method %q, action %q, want post and a path", tag, method, action)
			}
		}
	})
}

func TestEveryButtonSaysWhatItDoes(t *testing.T) {
	eachPage(t, func(t *testing.T, html string) {
		for _, tag := range tags(html, "button") {
			kind, _ := attr(tag, "type")
			_, hidden := attr(tag, "hidden")
			_, opens := attr(tag, "popovertarget")
			// Else a plain button does nothing without JavaScript, so it starts hidden.
			if kind != "submit" && !(kind == "button" && (hidden || opens)) {
				t.Errorf("%s, want type submit, or type button and hidden", tag)
			}
		}
	})
}
