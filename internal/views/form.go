package views

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
)

// Errors holds what is wrong with a form, by field name. The name "" is the
// form as a whole. Nil: nothing is wrong.
type Errors map[string]string

// Form is one form, described once: what it asks for, in order, what it says
// while it is sent, and what was wrong with it the last time. It is sent
// without the browser's own checks: the server words every error, at its field,
// the same in all browsers.
type Form struct {
	Action   string
	Callback string // where the user wanted to go, carried along; "": nowhere
	Resume   string // another form that goes on after this one, sealed; "": none
	Email    string // carried along, where it is no field; "": none
	Token    string // of the link in a mail that led here; "": none
	Username string // whose password is asked for, for password managers alone; "": it is a field, or none is
	Fields   []Field
	After    Link // a way out, below the fields; zero: none
	Submit   Button
	Errors   Errors
	Begin    bool // the first field has the focus, unless another one is wrong
}

// Render makes a Form a component.
func (f Form) Render(ctx context.Context, w io.Writer) error { return form(f).Render(ctx, w) }

// filled are the fields with their errors, and the focus in the first that is
// wrong, or else in the first.
func (f Form) filled() []Field {
	fields := slices.Clone(f.Fields)
	start := slices.IndexFunc(fields, func(x Field) bool { return f.Errors[x.Name] != "" })
	if start < 0 && f.Begin {
		start = 0
	}
	for i := range fields {
		fields[i].Error = f.Errors[fields[i].Name]
		fields[i].Focus = i == start
	}
	return fields
}

// general is what is wrong with the form as a whole, or with a field that it
// does not have: no error may get lost.
func (f Form) general() string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(f.Errors)) {
		if !slices.ContainsFunc(f.Fields, func(x Field) bool { return x.Name == name }) {
			texts = append(texts, f.Errors[name])
		}
	}
	return strings.Join(texts, " ")
}
