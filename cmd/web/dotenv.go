package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"
)

// readDotenv reads a file of NAME=value lines. Values are taken literally:
// nothing is filled in for $NAME and no backslash means anything, so that a
// password is what stands there. No file is no error; what is wrong with one
// is said with its line, and never with a value.
func readDotenv(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if info, e := os.Stat(file); e == nil && info.IsDir() {
		return nil, configError{file + " is a folder; it is to be a file of NAME=value lines"}
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case errors.Is(err, os.ErrPermission):
		return nil, configError{file + " may not be read by this user: change its owner or permissions"}
	case err != nil:
		return nil, configError{fmt.Sprintf("%s cannot be read: %v", file, err)}
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) // a mark that editors of Windows leave
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) || bytes.IndexByte(text, 0) >= 0 {
		return nil, configError{file + " is in UTF-16, or no text; save it as UTF-8 (in PowerShell: Out-File -Encoding utf8)"}
	}
	return parseDotenv(file, string(text))
}

func parseDotenv(file, text string) (map[string]string, error) {
	values, lines := map[string]string{}, map[string]int{}
	var problems configError
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		name, value, problem := parseDotenvLine(line)
		if before, ok := lines[name]; problem == "" && name != "" && ok {
			problem = fmt.Sprintf("sets %s again, which line %d has set", name, before)
		}
		if problem != "" {
			problems = append(problems, fmt.Sprintf("%s line %d %s", file, i+1, problem))
		} else if name != "" {
			values[name], lines[name] = value, i+1
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return values, nil
}

var (
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	reference    = regexp.MustCompile(`\$[{(]`)
)

func parseDotenvLine(line string) (name, value, problem string) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return "", "", ""
	}
	if !utf8.ValidString(line) {
		return "", "", "is not in UTF-8: save the file as UTF-8"
	}
	name, rest, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
	name = strings.TrimSpace(name)
	switch {
	case !ok:
		return "", "", "has no =: every line is NAME=value, and a value is one line"
	case !variableName.MatchString(name):
		return "", "", "has no name before its =, made of letters, digits and _"
	}
	value, problem = dotenvValue(rest)
	return name, value, problem
}

// dotenvValue reads what is behind the =. A comment begins with # after white
// space; between quotation marks there is none.
func dotenvValue(rest string) (value, problem string) {
	value = strings.TrimSpace(rest)
	if value == "" {
		return "", ""
	}
	switch quote := value[:1]; {
	case quote == "'" || quote == `"`:
		value, after, closed := strings.Cut(value[1:], quote)
		after = strings.TrimSpace(after)
		switch {
		case !closed:
			return "", "opens a quotation mark and does not close it: a value is one line"
		case after != "" && after[0] != '#':
			return "", "goes on behind its closing quotation mark: use the other kind around the value"
		case quote == `"` && (strings.Contains(value, `\`) || reference.MatchString(value)):
			return "", "has a \\ or ${…} between double quotation marks, where nothing is filled in: write it between single ones"
		}
		return value, ""
	case strings.HasPrefix(value, "“"), strings.HasPrefix(value, "‘"), strings.HasPrefix(value, "„"):
		return "", "has typographic quotation marks: use ' or none"
	case quote == "#" && rest[0] == '#':
		return "", "has a value that starts with #: write it between single quotation marks"
	case quote == "#":
		return "", ""
	}
	if i := strings.IndexAny(value, " \t"); i >= 0 && strings.HasPrefix(strings.TrimLeft(value[i:], " \t"), "#") {
		value = value[:i]
	}
	if reference.MatchString(value) {
		return "", "has ${…} in it, where nothing is filled in: write the value, or put it between single quotation marks if it is meant so"
	}
	return value, ""
}
