package main

import "time"

// options are the flags.
type options struct {
	seed     uint64        // of what the users do and of which fault comes when
	duration time.Duration // of the traffic, all trials together
	requests int64         // after so many answers the run ends as well; 0 = only by time
	servers  int           // on PostgreSQL; on SQLite there are two
	workers  int           // so many do something at once
	accounts int           // of each worker
	rounds   int           // how often each trial is done
	only     string        // do trials whose names contain this alone; "" = all
	update   bool          // publish what comes out
	report   bool          // write the document from what is published, run nothing
	controls string        // "all", or the name of one planted bug; "" = the run itself
}

// How the servers are configured.
const (
	renewAfter   = 12 * time.Second // SESSION_RENEW_AFTER
	sessionLimit = 3                // SESSION_LIMIT
	skew         = 7 * time.Second  // by which a server's clock is off at most, either way: two are 14 s apart, and 15 s are allowed
)

// What is promised of an ended session that another instance has not heard of.
const (
	pollBound = 2 * time.Second        // the fallback poll of an instance that can ask the database
	adjusted  = 250 * time.Millisecond // by which the system may set its own clock meanwhile
	lateness  = 3 * time.Second        // by which that poll may be late on a machine whose processors are all busy
)
