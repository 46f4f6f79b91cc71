package webtest

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"latchkey/internal/views/mails"
	"latchkey/internal/web"
)

// LookAtLetters examines letters as the HTML that mail programs show, in a real browser:
// with axe-core by day and by night, on a phone, at 320 px (WCAG 1.4.10) and with large text.
// With SCREENSHOTS=DIR, pictures are left there. The test is skipped where there is no
// browser or no axe-core.
func LookAtLetters(t *testing.T, s *Site, letters ...Letter) {
	v := &Viewer{Tab: s.OpenTab(), Site: s, scripts: axe(t), album: album{}}
	for _, l := range letters {
		t.Run(l.Subject, func(t *testing.T) {
			v.T = t
			v.Do("open the mail", chromedp.Navigate("data:text/html;base64,"+base64.StdEncoding.EncodeToString([]byte(s.html(l)))))
			v.Do("load the checks", chromedp.Evaluate[chromedp.Void](v.scripts+"\nundefined"))
			v.examineLetter(t, "mail, "+l.Subject)
		})
	}
	v.T = t
	v.sheets(t)
}

func (v *Viewer) examineLetter(t *testing.T, name string) {
	t.Helper()
	for _, width := range []int64{390, 320} {
		for _, scheme := range []string{"light", "dark"} {
			how := fmt.Sprintf("%d px, %s", width, scheme)
			v.window(width, scheme)
			v.picture(t, name, fmt.Sprintf("%d-%s", width, scheme))
			v.accessible(t, how)
		}
		v.none(t, fmt.Sprintf("%d px", width), "sideways()", "cut()", "squeezed()", "small()")
	}
	v.fontSize(200)
	v.none(t, "320 px, font size 200 %", "sideways()", "cut()", "squeezed()")
	v.fontSize(100)
}

// html is a letter as the site mails it.
func (s *Site) html(l Letter) string {
	s.T.Helper()
	queued, err := web.Post{Site: mails.Site{Name: "Latchkey", URL: s.URL}, Mail: s.Mail}.Queue(l.To, l.Words)
	if err != nil {
		s.T.Fatal(err)
	}
	msg, err := s.Mail.Open(queued)
	if err != nil {
		s.T.Fatal(err)
	}
	return msg.HTML
}
