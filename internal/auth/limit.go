package auth

import "fmt"

// Policy says what a login does when the user's sessions are at the limit.
type Policy string

// The two policies.
const (
	PolicyEvict Policy = "evict" // end the least recently seen sessions to make room
	PolicyDeny  Policy = "deny"  // refuse the login with ErrSessionLimit
)

const (
	// MostSessions is how many live sessions a user has at most where no limit
	// is set. A login beyond it ends the least recently seen, whatever the policy.
	MostSessions = 1000
	// evictAtOnce is how many sessions a login's transaction ends at most.
	evictAtOnce = 1000
)

// admit decides what a login does about the live sessions that the user already
// has. replaced is the session this browser has ("" = none), which always makes
// room for its successor. The limit counts the new session too; 0 means
// MostSessions. It is a function of nothing but its arguments, so that the policy
// exists once, whatever the database, and reads no more sessions than it names.
//
// LastSeenAt, by which it evicts, is as good as RenewAfter: a session in use
// moves it that often.
func admit(list Lister, replaced string, limit int, policy Policy) ([]Ending, error) {
	if limit == 0 {
		limit, policy = MostSessions, PolicyEvict
	}
	_, others, err := list(Page{Except: replaced})
	if err != nil {
		return nil, err
	}
	tooMany := others + 1 - limit
	switch {
	case tooMany <= 0:
		return replacing(replaced), nil
	case policy == PolicyDeny:
		inTheWay, _, err := list(Page{Limit: MostSessions, Except: replaced})
		if err != nil {
			return nil, err
		}
		return nil, &LimitError{Live: inTheWay, Limit: limit}
	case tooMany > evictAtOnce:
		return nil, crowdError(tooMany)
	}
	unused, _, err := list(Page{Limit: tooMany, LeastRecent: true, Except: replaced})
	end := replacing(replaced)
	for _, s := range unused {
		end = append(end, Ending{s.ID, ReasonLimit})
	}
	return end, err
}

// replacing ends the session this browser has. The store leaves alone what has
// ended or is another user's.
func replacing(id string) []Ending {
	if id == "" {
		return nil
	}
	return []Ending{{id, ReasonReplaced}}
}

// crowdError is a login before which so many sessions must end that its
// transaction would take long.
type crowdError int

func (n crowdError) Error() string { return fmt.Sprintf("%d sessions are in the way", int(n)) }
