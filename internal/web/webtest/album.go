package webtest

import (
	"fmt"
	"html"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// album is the files of the pictures that were taken, by how.
type album map[string][]string

// picture leaves a picture of the page, if pictures are wanted.
func (v *Viewer) picture(t *testing.T, name, how string) {
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	take := chromedp.FullScreenshot(100)
	if strings.HasSuffix(how, "rtl") || strings.HasSuffix(how, "large") {
		take = chromedp.CaptureScreenshot() // of the whole page, Chromium draws another text size, or another place
	}
	png, err := chromedp.Run(v.Tab, take)
	if err != nil {
		t.Fatal(err)
	}
	file := fileName(name+"-"+how) + ".png"
	if err := os.WriteFile(filepath.Join(dir, file), png, 0o644); err != nil {
		t.Fatal(err)
	}
	v.album[how] = append(v.album[how], file)
}

func fileName(text string) string {
	return strings.NewReplacer(" ", "-", ",", "", ":", "", "/", "-").Replace(text)
}

// sheets leaves a contact sheet of all pictures of a kind: a page, and a picture of
// that page.
func (v *Viewer) sheets(t *testing.T) {
	dir, err := filepath.Abs(os.Getenv("SCREENSHOTS"))
	if err != nil || len(v.album) == 0 {
		return
	}
	v.window(1600, "light")
	for _, how := range slices.Sorted(maps.Keys(v.album)) {
		columns := 3
		if strings.HasPrefix(how, "390") {
			columns = 6
		}
		var page strings.Builder
		fmt.Fprintf(&page, `<!doctype html><style>body{font:16px system-ui;background:#ccc;columns:%d}figure{margin:0 0 16px;break-inside:avoid}img{width:100%%}</style>`, columns)
		for _, file := range v.album[how] {
			fmt.Fprintf(&page, `<figure><img src="%[1]s"><figcaption>%[1]s</figcaption></figure>`, html.EscapeString(file))
		}
		path := filepath.Join(dir, "sheet-"+fileName(t.Name())+"-"+how)
		if err := os.WriteFile(path+".html", []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		v.Do("lay out the sheet", chromedp.Navigate("file://"+path+".html"))
		png, err := chromedp.Run(v.Tab, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+".png", png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
