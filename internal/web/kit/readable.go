package kit

import (
	"fmt"
	"log/slog"
	"strings"
	"unicode"
)

// readable is a record of the log with its time in UTC, and without characters that the
// handlers of slog let through: a C1 control is a command to a terminal as an escape
// sequence is, and one for the direction of text has a line read as another one
// (ASVS 16.4.1). Line breaks and ANSI sequences are the handlers' own business.
func readable(rec slog.Record) slog.Record {
	clean := slog.NewRecord(rec.Time.UTC(), rec.Level, inert(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(readableAttr(a))
		return true
	})
	return clean
}

func readableAttr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		v = slog.StringValue(inert(v.String()))
	case slog.KindTime:
		v = slog.TimeValue(v.Time().UTC())
	case slog.KindAny:
		v = readableAny(v)
	case slog.KindGroup:
		var group []slog.Attr
		for _, member := range v.Group() {
			group = append(group, readableAttr(member))
		}
		v = slog.GroupValue(group...)
	}
	return slog.Attr{Key: inert(a.Key), Value: v}
}

// readableAny is an error as its text, and any other value as it is, unless there is a
// command in it, as in one of a list of hosts: then that is a text as well.
func readableAny(v slog.Value) slog.Value {
	if err, ok := v.Any().(error); ok {
		return slog.StringValue(inert(err.Error()))
	}
	if text := fmt.Sprintf("%+v", v.Any()); strings.ContainsFunc(text, isCommand) {
		return slog.StringValue(inert(text))
	}
	return v
}

// inert writes out the characters that are not seen but obeyed.
func inert(text string) string {
	if !strings.ContainsFunc(text, isCommand) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if isCommand(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isCommand(r rune) bool {
	return r >= 0x7f && r <= 0x9f || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}
