// Package views draws the pages. It knows only the models declared in it and
// nothing of how a session, a user or a request is made: a handler fills in a
// model, and a templ component of the same name turns it into HTML.
//
// One page is one .templ file. The generated *_templ.go beside it is committed,
// so that building needs nothing but Go; after changing a .templ file run
// `templ generate` in this folder.
//
// What every page keeps to: no inline style, script or event handler (the
// Content-Security-Policy forbids them), one h1, a label for every input, and
// every error announced at its field. views_test.go checks it for each page.
//
//house:circles 1
package views
