package views

import (
	"testing"

	"latchkey/internal/views/viewstest"
)

func TestNothingIsInline(t *testing.T) { eachPage(t, viewstest.NothingIsInline) }

func TestEveryScriptHasItsSourceAndTheNonce(t *testing.T) {
	eachPage(t, viewstest.EveryScriptHasItsSourceAndTheNonce)
}

func TestWhatIsEchoedIsEscaped(t *testing.T) { eachPage(t, viewstest.WhatIsEchoedIsEscaped) }

func TestEveryPageHasOneHeadingAndItsLandmarks(t *testing.T) {
	eachPage(t, viewstest.EveryPageHasOneHeadingAndItsLandmarks)
}

func TestEveryInputHasALabelAndAPurpose(t *testing.T) {
	eachPage(t, viewstest.EveryInputHasALabelAndAPurpose)
}

func TestIDsAreUniqueAndReferencesFindThem(t *testing.T) {
	eachPage(t, viewstest.IDsAreUniqueAndReferencesFindThem)
}

func TestEveryFormPostsToAPathOfOurs(t *testing.T) {
	eachPage(t, viewstest.EveryFormPostsToAPathOfOurs)
}

func TestEveryButtonSaysWhatItDoes(t *testing.T) { eachPage(t, viewstest.EveryButtonSaysWhatItDoes) }

func TestAPageBringsFourScripts(t *testing.T) {
	eachPage(t, func(t *testing.T, html string) {
		if n := len(tags(html, "script")); n != 4 {
			t.Errorf("the page has %d scripts, want the import map, session.js, notice.js and app.js", n)
		}
	})
}
