package views

// icons are the drawings in a box of 24 by 24, as lines of SVG path data.
var icons = map[string]string{
	"dashboard": "M3 11.5 12 4l9 7.5M5.5 9.5V20h13V9.5",
	"note":      "M6 3h9l4 4v14H6zM9 12h7M9 16h5",
	"flask":     "M9 3h6M10 3v6L4.5 19a1.5 1.5 0 0 0 1.4 2h12.2a1.5 1.5 0 0 0 1.4-2L14 9V3M7 15h10",
	"user":      "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5a7.5 7.5 0 0 1 15 0",
	"shield":    "M12 3 5 6v5c0 4.6 2.9 8.2 7 10 4.1-1.8 7-5.4 7-10V6l-7-3Z",
	"sun":       "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5",
	"leave":     "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
	"menu":      "M4 7h16M4 12h16M4 17h16",
	"close":     "M6 6l12 12M18 6 6 18",
	"info":      "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v5M12 8h.01",
	"warning":   "M12 4 2.5 20h19L12 4ZM12 10v4M12 17h.01",
	"desktop":   "M3 4.5h18v11H3zM12 15.5V20M8 20h8",
	"phone":     "M8 2.5h8a1 1 0 0 1 1 1v17a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-17a1 1 0 0 1 1-1ZM11 18.5h2",
	"tablet":    "M5 2.5h14a1 1 0 0 1 1 1v17a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-17a1 1 0 0 1 1-1ZM11 18.5h2",
	"tv":        "M3 6h18v12H3zM8 21h8M8 2.5 12 6l4-3.5",
	"console":   "M7.5 7.5h9a5 5 0 0 1 5 5c0 4-1.5 5-3 5-2 0-2.5-3-4-3h-5c-1.5 0-2 3-4 3-1.5 0-3-1-3-5a5 5 0 0 1 5-5ZM7 11v2M6 12h2M16.5 12h.01",
	"robot":     "M6 9h12v10H6zM12 9V5M9.5 13h.01M14.5 13h.01M10 16h4M3 13v3M21 13v3",
	"globe":     "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
	"dot":       "M12 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
}

// iconPath finds a drawing; an unknown name gives a plain one.
func iconPath(name, otherwise string) string {
	if path, found := icons[name]; found {
		return path
	}
	return icons[otherwise]
}
