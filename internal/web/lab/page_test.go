package lab

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"latchkey/internal/views"
	"latchkey/internal/views/viewstest"
)

// model is a session that was validated a minute ago.
func model() Model {
	return Model{
		Strategy: "jwt", Cookie: Cookie{Bytes: 585, Count: 1}, DropFor: 20 * time.Second,
		ValidatedAt: viewstest.Noon.Add(-time.Minute), RenewAfter: 5 * time.Minute,
		ExpiresAt: viewstest.Noon.Add(6 * 24 * time.Hour), MaxAge: 7 * 24 * time.Hour,
		AbsoluteEnd: viewstest.Noon.Add(29*24*time.Hour + 61*time.Second), AbsoluteAge: 30 * 24 * time.Hour,
	}
}

func TestTheLabShowsWhatRunsOut(t *testing.T) {
	html := viewstest.Render(t, Show(views.Page{Now: viewstest.Noon}, model()))
	for _, want := range []string{
		`max="300" value="240">4 min</meter>`, `>6 d</span>`, `>29 d 1 min 1 s</span>`, `data-until="1772366640000"`, `data-now="1772366400000"`,
	} {
		viewstest.Has(t, html, want)
	}
	late, always := model(), model()
	late.ValidatedAt = viewstest.Noon.Add(-time.Hour)
	viewstest.Has(t, viewstest.Render(t, Show(views.Page{Now: viewstest.Noon}, late)), `max="300" value="0">0 s</meter>`)
	always.RenewAfter = 0
	viewstest.Has(t, viewstest.Render(t, Show(views.Page{Now: viewstest.Noon}, always)), `max="1" value="0">0 s</meter>`)
}

// lab.js puts each part of the answer in the place of the part with its id.
func TestEveryLivePartIsOnThePage(t *testing.T) {
	page, live := viewstest.Render(t, Show(views.Page{Now: viewstest.Noon}, model())), viewstest.Render(t, Live(views.Page{Now: viewstest.Noon}, model()))
	parts := 0
	for _, tag := range viewstest.Tags(live, "") {
		if _, ok := viewstest.Attr(tag, "data-part"); !ok {
			continue
		}
		parts++
		id, _ := viewstest.Attr(tag, "id")
		if id == "" || !strings.Contains(page, tag) { // forms have ids of their own, but are no parts
			t.Errorf("the part %s is not on the page", tag)
		}
	}
	if parts != 8 {
		t.Errorf("the answer has %d parts, want 8", parts)
	}
	viewstest.Lacks(t, live, "<html")
}

func TestTheLabMarksTheStrategyInForce(t *testing.T) {
	for _, strategy := range []string{"jwt", "database"} {
		m := model()
		m.Strategy = strategy
		html := viewstest.Render(t, Show(views.Page{}, m))
		want := map[string]string{"jwt": "JWT (in use)", "database": "Database (in use)"}[strategy]
		if !strings.Contains(html, want) || strings.Count(html, "(in use)") != 1 {
			t.Errorf("under %s its column is not marked as the one in use", strategy)
		}
	}
}

func TestLongClaimsAreShortened(t *testing.T) {
	for text, want := range map[string][2]string{
		"":                                  {"", ""},
		strings.Repeat("é", shownRunes):     {strings.Repeat("é", shownRunes), ""},
		strings.Repeat("é", shownRunes+1):   {strings.Repeat("é", shownRunes) + "…", "98 bytes in all"},
		strings.Repeat("a", shownRunes+100): {strings.Repeat("a", shownRunes) + "…", "148 bytes in all"},
	} {
		if got := [2]string{short(text), cut(text)}; got != want {
			t.Errorf("short and cut of %d bytes = %q, want %q", len(text), got, want)
		}
	}
}

func TestTickingShowsEveryUnit(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 999 * time.Millisecond: "0 s", 59 * time.Second: "59 s", 5 * time.Minute: "5 min",
		25*time.Hour + 3*time.Second: "1 d 1 h 3 s", 7*24*time.Hour - time.Second: "6 d 23 h 59 min 59 s",
	} {
		if got := ticking(d); got != want {
			t.Errorf("ticking(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestClaimsThatAreNotOursSaySo(t *testing.T) {
	if got := (Claim{Name: "org"}).words(); got != "another app's" {
		t.Errorf("the words for an unknown claim are %q", got)
	}
	if got := (Claim{Name: "abs"}).words(); got != "ends at the latest" {
		t.Errorf("the words for abs are %q, want what it is for", got)
	}
}

// Every text that can be echoed is a probe, with all optional parts and none.
func TestTheLabKeepsThePromisesOfEveryPage(t *testing.T) {
	const probe = viewstest.Probe
	noon := viewstest.Noon
	member := views.Page{
		Title: probe, Path: probe, User: &views.User{Name: probe, Email: probe}, Nonce: viewstest.Nonce, AuthPath: probe, SiteName: probe,
		Development: true, Private: true, PollSeconds: 60, Now: noon,
	}
	for name, page := range map[string]templ.Component{
		"jwt": Show(member, Model{
			Strategy: "jwt", Notice: probe, Practice: Practice{State: PracticeOff, Reason: probe}, Large: true, Dropped: time.Second, DropFor: 20 * time.Second,
			Cookie: Cookie{Bytes: 8841, Count: 3, Claims: []Claim{
				{Name: "sub", Text: probe}, {Name: "exp", Date: noon}, {Name: probe, Text: strings.Repeat(probe, 9)},
			}},
		}),
		"database": Show(member, Model{Strategy: "database", Practice: Practice{State: PracticeOn}, Cookie: Cookie{Bytes: 43, Count: 1, Start: probe}}),
	} {
		t.Run(name, func(t *testing.T) { viewstest.Check(t, viewstest.Render(t, page)) })
	}
}

var (
	element = regexp.MustCompile(`(?s)<(script|style|svg)\b.*?</(script|style|svg)>|<[^>]*>`)
	word    = regexp.MustCompile(`[\pL\pN][\pL\pN'’.-]*`)
)

// Nobody reads a long page: 300 words say it all, what is folded away included. Values
// are no words of ours.
func TestTheLabSaysItInThreeHundredWords(t *testing.T) {
	for _, strategy := range []string{"jwt", "database"} {
		m := model()
		m.Strategy = strategy
		if strategy == "jwt" {
			for name := range claimWords {
				m.Cookie.Claims = append(m.Cookie.Claims, Claim{Name: name, Text: "-"})
			}
		} else {
			m.Cookie = Cookie{Bytes: 43, Count: 1, Start: "abcdef"}
		}
		html := viewstest.Render(t, Show(views.Page{Now: viewstest.Noon}, m))
		main := html[strings.Index(html, "<main"):strings.Index(html, "</main>")]
		if n := len(word.FindAllString(element.ReplaceAllString(main, " "), -1)); n > 300 {
			t.Errorf("under %s the lab has %d words, want 300 at most", strategy, n)
		}
	}
}
