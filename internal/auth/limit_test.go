package auth

import (
	"errors"
	"slices"
	"testing"
)

func TestAdmit(t *testing.T) { // CL-1
	live := func(ids ...string) (list []Session) {
		for _, id := range ids {
			list = append(list, Session{ID: id})
		}
		return list
	}
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
		{"a login below the limit ends nothing", live("b", "a"), "", 3, PolicyEvict, nil, 0},
		{"a login at the limit ends the oldest", live("c", "b", "a"), "", 3, PolicyEvict, []Ending{{"a", ReasonLimit}}, 0},
		{"a lowered limit ends all that are too many", live("e", "d", "c", "b", "a"), "", 2, PolicyEvict,
			[]Ending{{"d", ReasonLimit}, {"c", ReasonLimit}, {"b", ReasonLimit}, {"a", ReasonLimit}}, 0},
		{"a limit of one leaves only the new one", live("a"), "", 1, PolicyEvict, []Ending{{"a", ReasonLimit}}, 0},
		{"no limit ends nothing", live("c", "b", "a"), "", 0, PolicyEvict, nil, 0},
		{"no limit denies nothing", live("c", "b", "a"), "", 0, PolicyDeny, nil, 0},
		{"the browser's own session makes room", live("c", "b", "a"), "b", 3, PolicyEvict, []Ending{{"b", ReasonReplaced}}, 0},
		{"the browser's own session makes room under deny too", live("c", "b", "a"), "c", 3, PolicyDeny, []Ending{{"c", ReasonReplaced}}, 0},
		{"a session of nobody here is not replaced", live("c", "b", "a"), "x", 3, PolicyEvict, []Ending{{"a", ReasonLimit}}, 0},
		{"deny refuses at the limit", live("c", "b", "a"), "", 3, PolicyDeny, nil, 3},
		{"deny lets in below the limit", live("b", "a"), "", 3, PolicyDeny, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := admit(tt.live, tt.replaced, tt.limit, tt.policy)
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
		})
	}
}
