package main

import "time"

// grave is a session whose end was acknowledged, and what instances have answered since.
type grave struct {
	session *session
	ending  ending
	seen    map[*instance]*sighting
}

// sighting is what one instance has answered to the cookies of an ended session.
type sighting struct {
	last    time.Duration // after the acknowledgement it was accepted, the last time; 0 = never
	refused *life         // the life of the instance that has refused it; nil = none
	young   *life         // the life that began after the end, and has answered; nil = none
	listens bool          // notifications could reach it when the end was acknowledged
}

// hotGrave is one that an instance still accepts: it is asked again and again.
type hotGrave struct {
	grave *grave
	at    *instance
}
