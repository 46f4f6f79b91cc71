package authtest

import (
	"testing"
	"time"

	"latchkey/internal/auth"
)

// devices are five sessions of a user, each begun a minute after the one before
// and seen as the order says: order[i] minutes after the last login.
func devices(f *Fixture, u auth.User, order ...int) []auth.Session {
	f.Helper()
	var list []auth.Session
	for i := range order {
		list = append(list, f.Login(u, At(time.Duration(i)*time.Minute)))
	}
	for i, seen := range order {
		now := At(time.Duration(len(order)+seen) * time.Minute)
		renewed, err := f.Store.Renew(f.Context(), auth.Key{ID: list[i].ID}, auth.Renewal{Now: now, ExpiresAt: now.Add(time.Hour)})
		f.Ok(err)
		list[i] = renewed
	}
	return list
}

func pagesList(t *testing.T, f *Fixture) {
	u, other := f.User(), f.User()
	s := devices(f, u, 3, 0, 1, 0, 2)
	f.Login(other, Noon)
	now := At(30 * time.Minute)
	for name, c := range map[string]struct {
		page  auth.Page
		want  []auth.Session
		total int
	}{
		"none, to count":                {auth.Page{}, nil, 5},
		"the newest two":                {auth.Page{Limit: 2}, []auth.Session{s[4], s[3]}, 5},
		"more than there are":           {auth.Page{Limit: 9}, []auth.Session{s[4], s[3], s[2], s[1], s[0]}, 5},
		"just as many":                  {auth.Page{Limit: 5}, []auth.Session{s[4], s[3], s[2], s[1], s[0]}, 5},
		"all but one":                   {auth.Page{Limit: 2, Except: s[4].ID}, []auth.Session{s[3], s[2]}, 4},
		"all but one, counted":          {auth.Page{Except: s[0].ID}, nil, 4},
		"all but an unknown one":        {auth.Page{Except: "unknown"}, nil, 5},
		"the least recently seen":       {auth.Page{Limit: 3, LeastRecent: true}, []auth.Session{s[1], s[3], s[2]}, 5},
		"the least recently seen but 1": {auth.Page{Limit: 2, LeastRecent: true, Except: s[1].ID}, []auth.Session{s[3], s[2]}, 4},
		"one that leads":                {auth.Page{Limit: 2, First: s[1].ID}, []auth.Session{s[1], s[4]}, 5},
		"an unknown one that leads":     {auth.Page{Limit: 2, First: "unknown"}, []auth.Session{s[4], s[3]}, 5},
	} {
		got, total, err := f.Store.Live(t.Context(), u.ID, now, c.page)
		f.Ok(err)
		f.WantIDs("Live("+name+")", idsOf(got), c.want...)
		f.WantEqual("the total of Live("+name+")", total, c.total)
	}
	list, total, err := f.Store.Live(t.Context(), "nobody", now, Everything)
	f.Ok(err)
	f.WantEqual("sessions of nobody", len(list)+total, 0)
}

func pagesFollow(t *testing.T, f *Fixture) {
	u := f.User()
	var want []auth.Session
	for i := range 7 { // in pairs of one moment
		want = append([]auth.Session{f.Login(u, At(time.Duration(i/2)*time.Minute))}, want...)
	}
	var got []string
	page := auth.Page{Limit: 3}
	for range 4 {
		list, total, err := f.Store.Live(t.Context(), u.ID, At(10*time.Minute), page)
		f.Ok(err)
		f.WantEqual("the total", total, 7)
		if len(list) == 0 {
			break
		}
		got = append(got, idsOf(list)...)
		page.After = list[len(list)-1]
	}
	f.WantIDs("all pages", got, want...)
}

func endingTakesTheUnused(t *testing.T, f *Fixture) {
	u := f.User()
	s := devices(f, u, 3, 0, 1, 0, 2)
	now := At(30 * time.Minute)
	end := func(sel auth.Selector) []auth.Change {
		changes, err := f.Store.End(t.Context(), sel, auth.ReasonLimit, now)
		f.Ok(err)
		return changes
	}
	f.WantChanges("End(at most 1)", end(auth.Selector{UserID: u.ID, Most: 1}), ended(s[1], now, auth.ReasonLimit))
	f.WantChanges("End(at most 2 but one)", end(auth.Selector{UserID: u.ID, Most: 2, Except: s[3].ID}),
		ended(s[2], now, auth.ReasonLimit), ended(s[4], now, auth.ReasonLimit))
	f.WantChanges("End(at most 9)", end(auth.Selector{UserID: u.ID, Most: 9}), ended(s[3], now, auth.ReasonLimit), ended(s[0], now, auth.ReasonLimit))
}
