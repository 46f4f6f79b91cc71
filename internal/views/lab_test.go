package views

import (
	"strings"
	"testing"
	"time"
)

// lab is a session that was validated a minute ago.
func lab() LabModel {
	return LabModel{
		Strategy: "jwt", Cookie: LabCookie{Bytes: 585, Count: 1}, DropFor: 20 * time.Second,
		ValidatedAt: noon.Add(-time.Minute), RenewAfter: 5 * time.Minute,
		ExpiresAt: noon.Add(6 * 24 * time.Hour), MaxAge: 7 * 24 * time.Hour,
		AbsoluteEnd: noon.Add(29*24*time.Hour + 61*time.Second), AbsoluteAge: 30 * 24 * time.Hour,
	}
}

func TestTheLabShowsWhatRunsOut(t *testing.T) {
	html := render(t, Lab(Page{Now: noon}, lab()))
	for _, want := range []string{
		`max="300" value="240">4 min</meter>`, `>6 d</span>`, `>29 d 1 min 1 s</span>`, `data-until="1772366640000"`, `data-now="1772366400000"`,
	} {
		wantIn(t, html, want)
	}
	late, always := lab(), lab()
	late.ValidatedAt = noon.Add(-time.Hour)
	wantIn(t, render(t, Lab(Page{Now: noon}, late)), `max="300" value="0">0 s</meter>`)
	always.RenewAfter = 0
	html = render(t, Lab(Page{Now: noon}, always))
	wantIn(t, html, `max="1" value="0">0 s</meter>`)
	wantIn(t, html, "Every request asks the database")
}

// lab.js puts each part of the answer in the place of the part with its id.
func TestEveryLivePartIsOnThePage(t *testing.T) {
	page, live := render(t, Lab(Page{Now: noon}, lab())), render(t, LabLive(Page{Now: noon}, lab()))
	parts := 0
	for _, tag := range tags(live, "") {
		if _, ok := attr(tag, "data-part"); !ok {
			continue
		}
		parts++
		id, _ := attr(tag, "id")
		if id == "" || !strings.Contains(page, tag) {
			t.Errorf("the part %s is not on the page", tag)
		}
	}
	if parts != 6 {
		t.Errorf("the answer has %d parts, want 6", parts)
	}
	wantNotIn(t, live, "<html")
}

func TestTheLabMarksTheStrategyInForce(t *testing.T) {
	for _, strategy := range []string{"jwt", "database"} {
		m := lab()
		m.Strategy = strategy
		html := render(t, Lab(Page{}, m))
		marked := strings.Index(html, `<span class="badge">In use</span>`)
		column := strings.LastIndex(html[:max(0, marked)], `<th scope="col">`)
		if marked < 0 || !strings.Contains(html[column:marked], "<code>"+strategy+"</code>") {
			t.Errorf("under %s its column is not marked as the one in force", strategy)
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
	if got := (LabClaim{Name: "org"}).words(); got != "another application's: kept as it is" {
		t.Errorf("the words for an unknown claim are %q", got)
	}
	if got := (LabClaim{Name: "abs"}).words(); !strings.Contains(got, "absolute end") {
		t.Errorf("the words for abs are %q, want the absolute end", got)
	}
}
