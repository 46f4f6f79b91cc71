package main

import (
	"context"
	"fmt"
	"time"
)

// auditor holds what the database has against what was acknowledged.
type auditor struct {
	*world
	told map[string]bool // ids of sessions and users that were found wrong already
	runs int
}

func newAuditor(w *world) *auditor { return &auditor{world: w, told: map[string]bool{}} }

// run looks every other second, when the database answers, until ctx ends.
func (a *auditor) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := a.live(ctx); err != nil {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Second):
		}
	}
}

// live looks at the sessions that have not ended, in one snapshot. What had been acknowledged
// before it counts.
func (a *auditor) live(ctx context.Context) error {
	_, ended := a.ledger.known()
	live, err := a.truth.live(ctx, "")
	if err != nil {
		return err
	}
	a.runs++
	users := map[string]int{}
	for id, user := range live {
		users[user]++
		if end, over := ended[id]; over && a.first(id) {
			c := lostEnding
			if a.ledger.wasRaced(id) {
				c = resurrected
			}
			a.ledger.violated(c, "session %s is live, %v after %s was acknowledged", id, time.Since(end.at).Round(time.Millisecond), end.how)
		}
	}
	a.ledger.tried(aboveLimit, int64(len(users)))
	for user, n := range users {
		if n > sessionLimit && user != "" && a.first(user) {
			a.ledger.violated(aboveLimit, "user %s has %d sessions, %d are allowed", user, n, sessionLimit)
		}
	}
	return nil
}

func (a *auditor) first(id string) bool {
	first := !a.told[id]
	a.told[id] = true
	return first
}

// Halves of what belongs together, as queries that find 0.
var halves = map[string]string{
	"sessions without a user": `SELECT count(*) FROM sessions WHERE user_id IS NULL`,
	"sessions at the limit that made room for none": `
		SELECT count(*) FROM sessions e WHERE e.end_reason = 'limit'
			AND NOT EXISTS (SELECT 1 FROM sessions n WHERE n.user_id = e.user_id AND n.created_at = e.ended_at)`,
	"sign-ins that are noted without a session": `
		SELECT count(*) FROM sign_ins i WHERE i.method <> ''
			AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = i.user_id AND s.created_at = i.at)`,
}

// noToken finds sessions that nobody could hold where cookies carry a token.
const noToken = `SELECT count(*) FROM sessions WHERE token_hash IS NULL`

// cutOff counts live sessions that began in a process that was killed before it had answered: no
// browser holds them, their user's list of sign-ins has them not, and they count for the limit.
const cutOff = `
	SELECT count(*) FROM sessions s WHERE s.ended_at IS NULL AND s.user_agent NOT IN ('` + operatorAgent + `', '` + changeAgent + `')
		AND NOT EXISTS (SELECT 1 FROM sign_ins i WHERE i.user_id = s.user_id AND i.at = s.created_at)
		AND (SELECT count(*) FROM sign_ins i WHERE i.user_id = s.user_id) < 20`

// whole looks at everything once, when the trial is over.
func (a *auditor) whole(ctx context.Context, sqlite bool) error {
	if err := a.live(ctx); err != nil {
		return err
	}
	if err := a.complete(ctx); err != nil {
		return err
	}
	rows, err := a.truth.number(ctx, `SELECT count(*) FROM sessions`)
	if err != nil {
		return err
	}
	a.ledger.tried(halfMade, rows)
	queries := map[string]string{}
	for name, query := range halves {
		queries[name] = query
	}
	if a.strategy == "database" {
		queries["sessions without a token"] = noToken
	}
	for name, query := range queries {
		n, err := a.truth.number(ctx, query)
		if err != nil {
			return err
		}
		if n > 0 {
			a.ledger.violated(halfMade, "%d %s", n, name)
		}
	}
	n, err := a.truth.number(ctx, cutOff)
	if err != nil {
		return err
	}
	a.ledger.add("sign-ins cut off by a kill whose session is there and nobody holds it", n)
	if sqlite {
		return a.integrity(ctx)
	}
	return nil
}

// complete looks for every session that was acknowledged: each has a row, and those that no
// one has ended are live.
func (a *auditor) complete(ctx context.Context) error {
	begun, ended := a.ledger.known()
	rows, err := a.truth.all(ctx)
	if err != nil {
		return err
	}
	for id, s := range begun {
		over, there := rows[id]
		_, wasEnded := ended[id]
		switch {
		case !there:
			a.ledger.violated(lostSession, "session %s of %s has no row", id, s.account.email)
		case over && !wasEnded && s.begun.After(s.account.doubtful):
			a.ledger.violated(lostSession, "session %s of %s has ended, though nobody asked for that", id, s.account.email)
		}
	}
	return nil
}

// integrity has SQLite check its file.
func (a *auditor) integrity(ctx context.Context) error {
	said, err := a.truth.integrity(ctx)
	if err != nil {
		return fmt.Errorf("check the database: %w", err)
	}
	a.ledger.tried(broken, 1)
	if said != "ok" {
		a.ledger.violated(broken, "integrity_check says %s", said)
	}
	return nil
}
