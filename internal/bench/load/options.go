package main

import "time"

// options are the flags.
type options struct {
	rounds      int
	duration    time.Duration // of one server in one round
	connections int
	sessions    int // so many browsers; each may poll 60 times at once and twice a second
	update      bool
	report      bool
	benchtime   string
	json        string // where the results go; "" = nowhere
	growth      int    // rows; 0 = growth is not measured
	control     string // see control.go; "" = this process is none
	crowd       string // see busy.go; likewise
}
