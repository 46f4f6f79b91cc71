package authtest

import "testing"

// checks is the suite: what auth.Store promises, a sentence each.
var checks = []struct {
	name string
	run  func(*testing.T, *Fixture)
}{
	{"a login writes its row", loginWritesRow},
	{"sessions without a token do not collide", noTokenNoCollision},
	{"a login sees the user's live sessions, newest first", loginSeesLive},
	{"a login ends what its plan names", planEnds},
	{"a login buries the user's sessions that have expired", loginBuries},
	{"a plan's error is returned as it is and nothing changes", planFails},
	{"a login that cannot be written changes nothing", loginRollsBack},
	{"a login of an unknown user is not found", loginNeedsUser},
	{"a login that panics or is given up holds no lock", loginLetsGo},
	{"of concurrent logins no more live than the limit allows", loginsRace},

	{"a renewal moves the expiry, never past the absolute one", renewalMoves},
	{"a renewal replaces the token's hash only if it has one", renewalReplacesHash},
	{"a renewal never brings a session back", renewalNeedsLife},

	{"ending selects one, the others or all", endingSelects},
	{"a session ends once, and the first reason stays", endingIsFinal},

	{"ending at most so many takes the least recently seen", endingTakesTheUnused},

	{"ending anybody's takes all, some at a time", endingAnyTakesAll},
	{"ending everybody's and signing in do not stop each other", endingAnyRaces},

	{"a page lists a part, in its order, and counts all", pagesList},
	{"pages one after the other list each session once", pagesFollow},

	{"changes are what ended and whose user changed", changesAreReported},
	{"collecting takes only what is long dead", collectingTakesDead},
	{"collecting takes more than one batch", collectingTakesAll},
	{"a cancelled call fails and does nothing", cancelledCallsFail},
	{"a cancelled query never answers with another's row", cancelledQueriesDoNotMix},
}

// Run checks that a store keeps what auth.Store promises. open returns an
// empty one and sees to it that it is closed when its test ends.
func Run(t *testing.T, open func(t *testing.T) Backend) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, &Fixture{T: t, Store: open(t)}) })
	}
}
