package auth

import (
	"cmp"
	"errors"
	"slices"
	"testing"
	"time"
)

// seen are the sessions of a user, newest first: the letters of used are their
// ids, from the one that was seen last to the least recently seen.
func seen(newest, used string) (list []Session) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i, id := range newest {
		unused := slices.Index([]rune(used), id)
		list = append(list, Session{
			ID: string(id), CreatedAt: noon.Add(-time.Duration(i) * time.Hour), LastSeenAt: noon.Add(-time.Duration(unused) * time.Minute),
		})
	}
	return list
}

// lister lists them as a store does, and counts the rows it was made to read.
func lister(live []Session, read *int) Lister {
	return func(p Page) ([]Session, int, error) {
		list := slices.DeleteFunc(slices.Clone(live), func(s Session) bool { return s.ID == p.Except })
		total := len(list)
		if p.LeastRecent {
			slices.SortStableFunc(list, func(a, b Session) int {
				return cmp.Or(a.LastSeenAt.Compare(b.LastSeenAt), a.CreatedAt.Compare(b.CreatedAt))
			})
		}
		list = list[:min(p.Limit, total)]
		*read += len(list)
		return list, total, nil
	}
}

func TestAdmit(t *testing.T) { // CL-1
	tests := []struct {
		name     string
		live     []Session
		replaced string
		limit    int
		policy   Policy
		want     []Ending
		denied   int // sessions in the way; 0 = let in
	}{
		{"the first login ends nothing", nil, "", 3, PolicyEvict, nil, 0},
		{"a login below the limit ends nothing", seen("ba", "ba"), "", 3, PolicyEvict, nil, 0},
		{"a login at the limit ends the one not seen for longest", seen("cba", "abc"), "", 3, PolicyEvict, []Ending{{"c", ReasonLimit}}, 0},
		{"an old login in use stays", seen("cba", "acb"), "", 3, PolicyEvict, []Ending{{"b", ReasonLimit}}, 0},
		{"of those seen at one moment the oldest ends", seen("cba", "xxx"), "", 3, PolicyEvict, []Ending{{"a", ReasonLimit}}, 0},
		{"a lowered limit ends all that are too many", seen("edcba", "eabcd"), "", 2, PolicyEvict,
			[]Ending{{"d", ReasonLimit}, {"c", ReasonLimit}, {"b", ReasonLimit}, {"a", ReasonLimit}}, 0},
		{"a limit of one leaves only the new one", seen("a", "a"), "", 1, PolicyEvict, []Ending{{"a", ReasonLimit}}, 0},
		{"no limit ends nothing", seen("cba", "cba"), "", 0, PolicyEvict, nil, 0},
		{"no limit denies nothing", seen("cba", "cba"), "", 0, PolicyDeny, nil, 0},
		{"the browser's own session makes room", seen("cba", "cba"), "b", 3, PolicyEvict, []Ending{{"b", ReasonReplaced}}, 0},
		{"the browser's own session makes room under deny too", seen("cba", "cba"), "c", 3, PolicyDeny, []Ending{{"c", ReasonReplaced}}, 0},
		{"a session of nobody here makes no room", seen("cba", "cba"), "x", 3, PolicyEvict, []Ending{{"x", ReasonReplaced}, {"a", ReasonLimit}}, 0},
		{"deny refuses at the limit", seen("cba", "cba"), "", 3, PolicyDeny, nil, 3},
		{"deny lets in below the limit", seen("ba", "ba"), "", 3, PolicyDeny, nil, 0},
		{"without a limit a thousand is the limit", make([]Session, MostSessions), "x", 0, PolicyDeny, []Ending{{"x", ReasonReplaced}, {"", ReasonLimit}}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var read int
			got, err := admit(lister(tt.live, &read), tt.replaced, tt.limit, tt.policy)
			full, denied := errors.AsType[*LimitError](err)
			if denied != (tt.denied > 0) || denied && len(full.Live) != tt.denied {
				t.Fatalf("admit error = %v, want %d sessions in the way", err, tt.denied)
			}
			if denied != errors.Is(err, ErrSessionLimit) {
				t.Errorf("errors.Is(%v, ErrSessionLimit) = %v, want %v", err, !denied, denied)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("admit ends %v, want %v", got, tt.want)
			}
			if most := max(len(got), tt.denied); read > most {
				t.Errorf("admit reads %d sessions, want the %d that it names", read, most)
			}
		})
	}
}

func TestALoginReadsNoFiftyThousandSessions(t *testing.T) {
	var read int
	_, err := admit(lister(make([]Session, 50_000), &read), "x", 5, PolicyEvict)
	if crowd, ok := errors.AsType[crowdError](err); !ok || crowd != 49_996 || read != 0 {
		t.Errorf("admit = %v after reading %d sessions, want it to ask for fewer first", err, read)
	}
	_, err = admit(lister(make([]Session, 50_000), &read), "x", 5, PolicyDeny)
	if full, ok := errors.AsType[*LimitError](err); !ok || len(full.Live) != MostSessions || read != MostSessions {
		t.Errorf("admit = %v after reading %d sessions, want a LimitError with %d", err, read, MostSessions)
	}
}
