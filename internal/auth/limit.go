package auth

// Policy says what a login does when the user's sessions are at the limit.
type Policy string

// The two policies.
const (
	PolicyEvict Policy = "evict" // end the oldest sessions to make room
	PolicyDeny  Policy = "deny"  // refuse the login with ErrSessionLimit
)

// admit decides what a login does about the sessions the user already has.
// live is newest first; replaced is the session this browser has ("" = none),
// which always makes room for its successor. The limit counts the new session
// too; 0 means there is none. It is a pure function so that the policy exists
// once, whatever the database.
func admit(live []Session, replaced string, limit int, policy Policy) ([]Ending, error) {
	var end []Ending
	rest := make([]Session, 0, len(live))
	for _, s := range live {
		if s.ID == replaced {
			end = append(end, Ending{s.ID, ReasonReplaced})
			continue
		}
		rest = append(rest, s)
	}
	if limit == 0 || len(rest) < limit {
		return end, nil
	}
	if policy == PolicyDeny {
		return nil, &LimitError{Live: rest, Limit: limit}
	}
	for _, s := range rest[limit-1:] {
		end = append(end, Ending{s.ID, ReasonLimit})
	}
	return end, nil
}

// limitOf is the user's own limit, else the site's.
func limitOf(u User, site int) int {
	if u.MaxSessions != nil {
		return max(0, *u.MaxSessions)
	}
	return site
}
