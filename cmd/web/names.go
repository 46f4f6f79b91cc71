package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// environment is the process's, over what the file says. It refuses a variable
// that is almost one of ours, and notes others that look like ours or that
// stand in the file and mean nothing.
func environment(file string) (getenv func(string) string, notes []string, err error) {
	values, err := readDotenv(file)
	if err != nil {
		return nil, nil, err
	}
	problems, notes := checkNames(environNames(os.Environ()), slices.Sorted(maps.Keys(values)), file)
	if len(problems) > 0 {
		return nil, nil, problems
	}
	return func(name string) string {
		if v, ok := os.LookupEnv(name); ok {
			return v
		}
		return values[name]
	}, notes, nil
}

func environNames(environ []string) (names []string) {
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		names = append(names, name)
	}
	return names
}

// ourPrefixes start names that nobody else sets, but for SESSION_MANAGER, which
// every desktop of X11 does.
var ourPrefixes = []string{"SESSION_", "AUTH_", "PASSWORD_", "DATABASE_", "SMTP_", "MAIL_"}

func checkNames(environ, inFile []string, file string) (problems configError, notes []string) {
	known := knownNames()
	for _, name := range environ {
		near := nearest(name, known)
		switch {
		case slices.Contains(known, name) || name == "SESSION_MANAGER":
		case near != "" && len(name) >= 6:
			problems = append(problems, fmt.Sprintf("%s is no variable of this program: did you mean %s?", name, near))
		case slices.ContainsFunc(ourPrefixes, func(p string) bool { return strings.HasPrefix(strings.ToUpper(name), p) }):
			notes = append(notes, name+" is no variable of this program, and is ignored")
		}
	}
	for _, name := range inFile {
		near := nearest(name, known)
		switch {
		case slices.Contains(known, name):
		case near != "":
			problems = append(problems, fmt.Sprintf("%s in %s is no variable of this program: did you mean %s?", name, file, near))
		default:
			notes = append(notes, name+" in "+file+" is no variable of this program, and is ignored")
		}
	}
	return problems, notes
}

// knownNames are the variables that load reads.
func knownNames() []string {
	read := map[string]bool{}
	load(func(name string) string { read[name] = true; return "" })
	return slices.Sorted(maps.Keys(read))
}

// nearest is the known name that a name is a misspelling of, or "": the same in
// other letters, or two slips of the finger away, one in a short name.
func nearest(name string, known []string) string {
	upper := strings.ToUpper(name)
	best, least := "", min(2, max(1, len(name)/4))+1
	for _, k := range known {
		if d := distance(upper, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with the next
// that turn a into b.
func distance(a, b string) int {
	if max(len(a), len(b)) > min(len(a), len(b))+2 {
		return 3 // or more: far enough
	}
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			if i == 0 || j == 0 {
				d[i][j] = i + j
				continue
			}
			differs := 1
			if a[i-1] == b[j-1] {
				differs = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+differs)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
