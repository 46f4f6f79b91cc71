package accountstest

import (
	"testing"

	"latchkey/internal/auth/authtest"
)

// tokenCheck is one promise of accounts.Tokens, in a sentence.
type tokenCheck struct {
	name string
	run  func(*testing.T, *tokenFixture)
}

// tokenChecks are what accounts.Tokens promises of tokens, a sentence each.
var tokenChecks = []tokenCheck{
	{"a letter is written with its token", letterIsWritten},
	{"a letter to nobody is not written", letterNeedsUser},
	{"of a purpose a user has one token", newerTokenCounts},
	{"a new account is written with its letters", accountBringsLetters},
	{"a token is good for its purpose and until its end alone", tokenHasBounds},
	{"a token is spent once, and its plan sees the user", tokenIsSpent},
	{"a plan's error leaves the token as it was", planRollsBack},
	{"of racing submits of one token one wins", submitsRace},
	{"of a submit and a change of password the later finds no token", submitRacesChange},
	{"collecting takes only tokens that have expired", collectingTakesExpired},
	{"a cancelled call about tokens fails and does nothing", cancelledTokenCalls},
}

// changeChecks are what accounts.Tokens promises of a change of an account.
var changeChecks = []tokenCheck{
	{"a change voids what it must and nothing else", changeVoids},
	{"the way back to an address outlives all but an undo", undoOutlives},
	{"a change without a password leaves none", passwordIsRemoved},
	{"a change ends sessions and tells of those that go on", changeEndsSessions},
	{"a taken address is refused and nothing changes", takenAddressIsRefused},
	{"of racing changes to one address one wins", changesToAddressRace},
	{"racing changes of one account follow each other", changesFollow},
	{"a deleted account is gone and its address is free", accountIsDeleted},
	{"a change of nobody is not found", changeNeedsUser},
}

// RunTokens checks that a store keeps what accounts.Tokens promises. open returns an empty
// one, as for Run, and a function that says how many mails to an address its outbox has.
func RunTokens(t *testing.T, open func(t *testing.T) (store Backend, mails func(to string) int)) {
	for _, checks := range [][]tokenCheck{tokenChecks, changeChecks} {
		for _, c := range checks {
			t.Run(c.name, func(t *testing.T) {
				store, mails := open(t)
				c.run(t, &tokenFixture{fixture{authtest.Fixture{T: t, Store: WithHash{store}}, store}, store, mails})
			})
		}
	}
}
