package kit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"latchkey/internal/web/kit"
)

// hostileTexts are what somebody sends to write lines of their own into a log, to command
// the terminal that shows it, or to have a line read as another.
var hostileTexts = []string{
	"x\r\nlevel=INFO msg=forged", "x\nforged", "x\rforged", "x\x00forged", "x\x1b[2Jforged", "x\x1b]0;forged\x07", "x\x7fforged",
	"x\u0085forged", "x\u009b2Jforged", "x\u2028forged", "x\u2029forged", "x\u202eforged", "x\u2066forged", "x\u200fforged",
	`x","msg":"forged`, `x" msg=forged y="`, `x\`, `x\"forged`, "x\xff\xfeforged", "x\xed\xa0\x80forged", "x msg=forged",
}

// shown is a value that says in its own way what it is.
type shown struct{ Text string }

type valuer struct{ text string }

// LogValue implements slog.LogValuer.
func (v valuer) LogValue() slog.Value { return slog.GroupValue(slog.String("inner", v.text)) }

// places are where a text can get into a line.
var places = map[string]func(log *slog.Logger, text string){
	"the message":         func(log *slog.Logger, text string) { log.Info(text) },
	"a value":             func(log *slog.Logger, text string) { log.Info("m", "a", text) },
	"a name":              func(log *slog.Logger, text string) { log.Info("m", text, "v") },
	"an error":            func(log *slog.Logger, text string) { log.Info("m", "a", errors.New(text)) },
	"a list":              func(log *slog.Logger, text string) { log.Info("m", "a", []string{"one", text}) },
	"a map":               func(log *slog.Logger, text string) { log.Info("m", "a", map[string]string{text: text}) },
	"a value of a type":   func(log *slog.Logger, text string) { log.Info("m", "a", shown{text}) },
	"a pointer":           func(log *slog.Logger, text string) { log.Info("m", "a", &shown{text}) },
	"a LogValuer":         func(log *slog.Logger, text string) { log.Info("m", "a", valuer{text}) },
	"a group":             func(log *slog.Logger, text string) { log.Info("m", slog.Group("g", "a", text)) },
	"what every line has": func(log *slog.Logger, text string) { log.With("a", text, "list", []string{text}).Info("m") },
	"a name of a group":   func(log *slog.Logger, text string) { log.WithGroup(text).Info("m", "a", "v") },
}

// LO-3: whatever a text holds and wherever it stands in a line, it is one line, a valid one,
// and nothing in it is obeyed by what shows it.
func TestNoTextForgesALineOfTheLog(t *testing.T) {
	handlers := map[string]func(io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
		"json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	}
	for format, handler := range handlers {
		for place, write := range places {
			for _, text := range hostileTexts {
				var out bytes.Buffer
				write(slog.New(kit.LogHandler(handler(&out))), text)
				line, one := strings.CutSuffix(out.String(), "\n")
				if !one || strings.ContainsFunc(line, isObeyed) {
					t.Errorf("%s: %q as %s is written %q, want one line with no command in it", format, text, place, line)
				}
				if problem := problemOf(format, line); problem != "" {
					t.Errorf("%s: %q as %s is written %s: %s", format, text, place, line, problem)
				}
			}
		}
	}
}

// isObeyed is the test's own notion of a character that is not text.
func isObeyed(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

// textPair is name=value as the handler of slog writes it: quoted where it has to be.
var textPair = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"|[^\s"=]+)=(?:"(?:[^"\\]|\\.)*"|[^\s"=]*)(?: |$)`)

// problemOf is what keeps a machine from reading the line as it was meant; "" = nothing.
func problemOf(format, line string) string {
	if format == "json" {
		var fields map[string]any
		d := json.NewDecoder(strings.NewReader(line))
		if err := d.Decode(&fields); err != nil || d.More() {
			return "it is not one JSON object"
		}
		if fields["level"] != "INFO" || strings.Count(line, `"msg":`) != 1 {
			return "it has another level or message"
		}
		return ""
	}
	messages := 0
	for rest := line; rest != ""; {
		pair := textPair.FindString(rest)
		if pair == "" {
			return "it cannot be read from " + rest
		}
		if strings.HasPrefix(pair, "msg=") {
			messages++
		}
		rest = rest[len(pair):]
	}
	if messages != 1 {
		return "it has another message"
	}
	return ""
}
