package authhttp

import (
	"context"
	"slices"

	"latchkey/internal/auth"
)

// authenticate finds the request's session among the values that its cookie could have. A
// neighbour on another path, host or port may have set cookies of the same name, and a
// browser sends them all. Which of them is ours:
//
//   - One valid session wins over junk.
//   - On https the companion cookie says which session is this browser's, valid or ended.
//   - Two values of one session, such as an old and a renewed token, are that session.
//   - Two valid sessions are nobody, and Conflict says so: to be signed in as the author of
//     a planted cookie is worse than to be signed out.
//
// A companion that fits no value decides nothing: an application that shares the cookie may
// have set another session in it.
func (r *request) authenticate(ctx context.Context, mode auth.Mode) {
	values := r.edge.Cookie.Candidates(r.in)
	if len(values) == 1 {
		r.value, r.result = values[0], r.edge.Sessions.Authenticate(ctx, values[0], mode)
		return
	}
	// Nothing is renewed before it is known whose it is.
	found := make([]candidate, 0, len(values))
	for _, value := range values {
		result := r.edge.Sessions.Authenticate(ctx, value, auth.Mode{})
		found = append(found, candidate{value, result, r.edge.accompanies(r.in, result)})
	}
	chosen, conflict := choose(found)
	r.value, r.result, r.conflict = chosen.value, chosen.result, conflict
	if chosen.result.State == auth.StateOK && mode.Renew {
		r.result = r.edge.Sessions.Authenticate(ctx, chosen.value, mode)
	}
}

// candidate is one value of the cookie and what it came to.
type candidate struct {
	value       string
	result      auth.Result
	accompanied bool // the companion cookie names its session
}

// choose picks this browser's session. The zero candidate, which is nobody, for none and
// for a conflict.
func choose(found []candidate) (chosen candidate, conflict bool) {
	ours := slices.DeleteFunc(slices.Clone(found), func(c candidate) bool { return !c.accompanied })
	if len(ours) > 0 {
		found = ours
	}
	// What cannot be checked at the moment could be a second valid session.
	for _, state := range []auth.State{auth.StateUnavailable, auth.StateOK, auth.StateEnded} {
		same := slices.DeleteFunc(slices.Clone(found), func(c candidate) bool { return c.result.State != state })
		if len(same) == 0 {
			continue
		}
		if state == auth.StateOK && severalSessions(same) {
			return candidate{}, true
		}
		return slices.MaxFunc(same, byValidation), false
	}
	for _, c := range found {
		if c.result.Err != nil { // it may be good later
			return c, false
		}
	}
	return candidate{}, false
}

func severalSessions(valid []candidate) bool {
	return slices.ContainsFunc(valid, func(c candidate) bool { return c.result.Session.ID != valid[0].result.Session.ID })
}

func byValidation(a, b candidate) int {
	return a.result.Session.ValidatedAt.Compare(b.result.Session.ValidatedAt)
}
