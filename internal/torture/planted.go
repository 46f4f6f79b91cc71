package main

// bug is a defence that is switched off, to see that this program finds that out.
type bug struct {
	name  string
	words string
	trial string // the trial that it is looked for in
	finds claim  // what must be violated
	late  bool   // it is seen at the end of a trial alone
	edits []edit
}

// bugs are those that are planted, each by itself.
var bugs = []bug{
	{"view", "what has ended is not asked for", "PostgreSQL, jwt", acceptedHere, false, []edit{
		{"internal/auth/endings.go", `	return c.ended, c.ended != ""`, `	return c.ended, false`},
		{"internal/auth/endings.go", `	return !known || c.ended == "" && c.learned.Add(maxClockSkew).Before(validatedAt)`, `	return true || known || c.ended == ""`},
	}},
	{"poll", "no poll: what a lost notification told stays unknown", "PostgreSQL, database", acceptedPoll, false, []edit{
		{"internal/auth/endings.go", `		if err := e.Sync(ctx, store); err != nil && ctx.Err() == nil {`, `		if err := error(nil); err != nil {`},
	}},
	{"trust", "a validation is trusted for an hour, not for SESSION_RENEW_AFTER", "PostgreSQL, jwt", acceptedBound, false, []edit{
		{"internal/auth/attempt.go", `age < s.cfg.RenewAfter`, `age < time.Hour`},
	}},
	{"start", "an instance serves before it has asked what ended", "PostgreSQL, jwt", acceptedNew, false, []edit{
		{"internal/auth/endings.go", `	oldest := now.Add(-e.keep)`, `	oldest := now`},
		{"internal/auth/endings.go", `	if recent := e.synced.Add(-pollOverlap); recent.After(oldest) {`, `	if recent := e.synced.Add(-pollOverlap); true {`},
	}},
	{"commit", "a sign-out is answered before it is committed", "PostgreSQL, database", lostEnding, false, []edit{
		{"internal/auth/end.go", `	_, err = s.End(ctx, Selector{UserID: session.User.ID, SessionID: session.ID}, ReasonSignedOut)
	return err`, `	go s.End(context.WithoutCancel(ctx), Selector{UserID: session.User.ID, SessionID: session.ID}, ReasonSignedOut)
	return nil`},
	}},
	{"revive", "a renewal does not look whether the session has ended", "PostgreSQL, jwt", resurrected, false, []edit{
		{"internal/postgres/sessions.go", `SET last_seen_at = $2, expires_at`, `SET ended_at = NULL, end_reason = NULL, last_seen_at = $2, expires_at`},
		{"internal/postgres/sessions.go", `WHERE ` + "`+where+`" + ` AND s.ended_at IS NULL AND s.expires_at > $2 AND s.absolute_expires_at > $2
			AND u.id`, `WHERE ` + "`+where+`" + ` AND s.expires_at > $2 AND s.absolute_expires_at > $2
			AND u.id`},
	}},
	{"lock", "a sign-in does not lock its user", "PostgreSQL, database", aboveLimit, false, []edit{
		{"internal/postgres/begin.go", ` FOR NO KEY UPDATE`, ``},
	}},
	{"subject", "a token's user is not held against its session's", "PostgreSQL, jwt", wrongUser, false, []edit{
		{"internal/auth/verdict.go", `named != "" && named != session.User.ID`, `named == "nobody"`},
	}},
	{"mixed", "requests that ask at the same moment get one answer, whoever they are of", "PostgreSQL, database", wrongUser, false, []edit{
		{"internal/auth/validate.go", `a.flights.Do(op+a.value, put)`, `a.flights.Do(op, put)`},
	}},
	{"together", "questions that travel together get the answer to the first", "PostgreSQL, database", wrongUser, false, []edit{
		{"internal/postgres/together.go", `			q.session, q.err = scanSession(row)`, `			q.session, q.err = scanSession(row)
			q.session, q.err = all[0].session, all[0].err`},
	}},
	{"halves", "a sign-in makes room in one transaction and comes in by the next, half a second later", "PostgreSQL, database", halfMade, true, []edit{
		{"internal/postgres/begin.go", `	var planErr error // is returned as it is`, `	var planErr error
	var planned auth.Session`},
		{"internal/postgres/begin.go", `		return insertSession(ctx, tx, userID, p.New)
	})`, `		planned = p.New
		return nil
	})
	if err == nil {
		time.Sleep(time.Second / 2)
		err = s.inTx(ctx, func(tx pgx.Tx) error { return insertSession(ctx, tx, userID, planned) })
	}`},
	}},
	{"leak", "a question to the database leaves a goroutine behind", "PostgreSQL, jwt", leftOver, true, []edit{
		{"internal/auth/validate.go", `		now := a.Now()`, `		go func() { select {} }()
		now := a.Now()`},
	}},
}
