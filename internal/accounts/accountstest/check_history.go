package accountstest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
)

// historyChecks are what accounts.History promises, a sentence each.
var historyChecks = []struct {
	name string
	run  func(*testing.T, *historyFixture)
}{
	{"a sign-in is kept as it was, the last one first", signInIsKept},
	{"so many of each kind are kept, and none of one pushes out another", historyIsBounded},
	{"failures from one address within an hour are one", failuresFold},
	{"a notice goes to a user who has signed in before, and to nobody else", noticeNeedsEarlier},
	{"racing sign-ins are all kept, and one of them is the first", signInsRace},
	{"a history goes with its user", historyGoes},
}

type historyFixture struct {
	tokenFixture
	history accounts.History
}

// RunHistory checks that a store keeps what accounts.History promises. open is as for Run.
func RunHistory(t *testing.T, open func(t *testing.T) Backend) {
	for _, c := range historyChecks {
		t.Run(c.name, func(t *testing.T) {
			store := open(t)
			c.run(t, &historyFixture{tokenFixture{fixture{authtest.Fixture{T: t, Store: WithHash{store}}, store}, store, store}, store})
		})
	}
}

func (f *historyFixture) add(u auth.User, in accounts.SignIn) {
	f.Helper()
	in.Times = max(1, in.Times)
	f.Ok(f.history.AddSignIn(f.Context(), u.ID, in, nil))
}

func (f *historyFixture) list(u auth.User, failed bool) []accounts.SignIn {
	f.Helper()
	list, err := f.history.SignIns(f.Context(), u.ID)
	f.Ok(err)
	f.WantEqual("in order", slices.IsSortedFunc(list, func(a, b accounts.SignIn) int { return b.At.Compare(a.At) }), true)
	return slices.DeleteFunc(list, func(in accounts.SignIn) bool { return in.Failed != failed })
}

func signInIsKept(t *testing.T, f *historyFixture) {
	u, other := f.User(), f.User()
	first := accounts.SignIn{At: authtest.Noon, Times: 1, Method: "pwd", IP: "203.0.113.7", UserAgent: `a "browser" — ünïcode`, Known: true}
	second := accounts.SignIn{At: authtest.At(time.Minute), Times: 1, Method: "email"}
	failure := accounts.SignIn{At: authtest.At(time.Second), Times: 1, Failed: true, IP: "2001:db8::1"}
	for _, in := range []accounts.SignIn{first, failure, second} {
		f.add(u, in)
	}
	f.add(other, second)
	f.WantEqual("sign-ins", f.list(u, false), []accounts.SignIn{second, first})
	f.WantEqual("failures", f.list(u, true), []accounts.SignIn{failure})
	f.WantEqual("failures of another user", len(f.list(other, true)), 0)
}

func historyIsBounded(t *testing.T, f *historyFixture) {
	u, other := f.User(), f.User()
	f.add(other, accounts.SignIn{At: authtest.Noon})
	for n := range accounts.KeptSignIns + 5 {
		at := authtest.At(time.Duration(n) * time.Minute)
		f.add(u, accounts.SignIn{At: at})
		f.add(u, accounts.SignIn{At: at, Failed: true, IP: fmt.Sprint("198.51.100.", n)})
	}
	for _, failed := range []bool{false, true} {
		list := f.list(u, failed)
		f.WantEqual("kept", len(list), accounts.KeptSignIns)
		f.WantEqual("the last", list[0].At, authtest.At((accounts.KeptSignIns+4)*time.Minute))
		f.WantEqual("the first that is left", list[len(list)-1].At, authtest.At(5*time.Minute))
	}
	f.WantEqual("those of another user", len(f.list(other, false)), 1)
}

func failuresFold(t *testing.T, f *historyFixture) {
	u := f.User()
	fail := func(after time.Duration, ip, agent string) {
		f.add(u, accounts.SignIn{At: authtest.At(after), Failed: true, IP: ip, UserAgent: agent})
	}
	fail(0, "one", "first")
	fail(time.Second, "two", "")
	fail(30*time.Minute, "one", "second")
	fail(90*time.Minute, "one", "third") // an hour after the last: another one
	f.WantEqual("failures", f.list(u, true), []accounts.SignIn{
		{At: authtest.At(90 * time.Minute), Failed: true, Times: 1, IP: "one", UserAgent: "third"},
		{At: authtest.At(30 * time.Minute), Failed: true, Times: 2, IP: "one", UserAgent: "second"},
		{At: authtest.At(time.Second), Failed: true, Times: 1, IP: "two"},
	})
}

func (f *historyFixture) notice(u auth.User) *accounts.Letter {
	token := f.token(u, accounts.PurposeNotice)
	return &accounts.Letter{Token: &token, Mail: f.mail(u.Email)}
}

func noticeNeedsEarlier(t *testing.T, f *historyFixture) {
	u := f.User()
	add := func(in accounts.SignIn) *accounts.Letter {
		letter := f.notice(u)
		f.Ok(f.history.AddSignIn(f.Context(), u.ID, in, letter))
		return letter
	}
	f.add(u, accounts.SignIn{At: authtest.Noon, Failed: true})
	add(accounts.SignIn{At: authtest.Noon, Times: 1})
	f.wantMails(u.Email, 0) // a failure before is no sign-in
	letter := add(accounts.SignIn{At: authtest.At(time.Second), Times: 1})
	f.wantMails(u.Email, 1)
	_, err := f.tokens.FindToken(f.Context(), letter.Token.Hash, accounts.PurposeNotice, authtest.Noon)
	f.Ok(err)
	f.add(u, accounts.SignIn{At: authtest.At(time.Minute)})
	f.wantMails(u.Email, 1)
}

func signInsRace(t *testing.T, f *historyFixture) {
	u := f.User()
	const racing = 8
	var wg sync.WaitGroup
	for n := range racing {
		letter := f.notice(u)
		wg.Go(func() {
			err := f.history.AddSignIn(f.Context(), u.ID, accounts.SignIn{At: authtest.At(time.Duration(n)), Times: 1}, letter)
			if err != nil {
				t.Errorf("AddSignIn = %v", err)
			}
		})
	}
	wg.Wait()
	f.WantEqual("sign-ins", len(f.list(u, false)), racing)
	f.wantMails(u.Email, racing-1)
}

func historyGoes(t *testing.T, f *historyFixture) {
	u := f.User()
	f.add(u, accounts.SignIn{At: authtest.Noon})
	_, err := f.tokens.ChangeAccount(f.Context(), u.ID, authtest.Noon, func(auth.User) (accounts.Change, error) {
		return accounts.Change{Delete: true, End: auth.ReasonDeleted}, nil
	})
	f.Ok(err)
	f.WantEqual("sign-ins of a deleted user", len(f.list(u, false)), 0)
	if err := f.history.AddSignIn(f.Context(), u.ID, accounts.SignIn{At: authtest.Noon, Times: 1}, nil); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("a sign-in of nobody = %v, want ErrNotFound", err)
	}
}
