package accounts

const (
	maxNameRunes = 200
	nameRule     = "Use at most 200 characters, and no control characters or other invisible ones."
)

// cleanName is the Line that a name is.
func cleanName(text string) (string, bool) { return Line(text, maxNameRunes) }
