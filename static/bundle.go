package static

// bundles are files made of others, one after the other, so that a browser asks
// once and text that is alike is compressed together. The parts are served as
// well.
var bundles = map[string][]string{
	// The project's own rules first: its layer, still, has to come before Oat's.
	"site.css": {"app.css", "vendor/oat.min.css"},
}

// joined makes a bundle of its parts' bodies; nil where one of them is missing.
func joined(parts []string, body func(name string) []byte) []byte {
	var all []byte
	for _, part := range parts {
		text := body(part)
		if text == nil {
			return nil
		}
		all = append(append(all, text...), '\n')
	}
	return all
}
