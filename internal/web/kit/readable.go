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
		switch text := v.Any().(type) {
		case error:
			v = slog.StringValue(inert(text.Error()))
		case []string:
			v = slog.AnyValue(inertAll(text))
		}
	case slog.KindGroup:
		var group []slog.Attr
		for _, member := range v.Group() {
			group = append(group, readableAttr(member))
		}
		v = slog.GroupValue(group...)
	}
	return slog.Attr{Key: a.Key, Value: v}
}

func inertAll(texts []string) []string {
	clean := make([]string, len(texts))
	for i, text := range texts {
		clean[i] = inert(text)
	}
	return clean
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
