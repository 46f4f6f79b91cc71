package accountstest

import (
	"testing"

	"latchkey/internal/auth/authtest"
)

// check is one promise of a store, in a sentence.
type check struct {
	name string
	run  func(*testing.T, *fixture)
}

// checks is the suite: what accounts.Store promises, a sentence each.
var checks = []check{
	{"an account is found by its address", accountIsFound},
	{"an address has one account", addressIsUnique},
	{"of racing sign-ups with one address one wins", signUpsRace},
	{"a password hash is replaced only where the old one is in place", hashIsReplaced},
	{"a login sees, under the lock, what the user proves themselves with", loginSeesCredential},
	{"a user is updated and their live sessions hear of it", userIsUpdated},
	{"of racing updates none is lost", updatesRace},
	{"disabling a user ends all their sessions", userIsDisabled},
	{"a user is enabled, and no session of before comes back", userIsEnabled},
	{"a cancelled call fails and does nothing", cancelledCallsFail},
}

// Run checks that a store keeps what accounts.Store promises. open returns an
// empty one and sees to it that it is closed when its test ends.
func Run(t *testing.T, open func(t *testing.T) Backend) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			store := open(t)
			c.run(t, &fixture{authtest.Fixture{T: t, Store: WithHash{store}}, store})
		})
	}
}
