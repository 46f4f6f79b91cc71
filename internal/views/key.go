package views

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// The drawing of a key: every session has one, and no two are cut alike. It
// helps an eye to tell rows apart and means nothing else; in particular the
// cuts come from the session's public id and open no door.

const (
	cutCount = 6 // notches in a blade
	maxDepth = 5 // deepest notch, in units of the drawing
)

// cuts turns an id into the depths of the notches, 0 to maxDepth each.
func cuts(id string) [cutCount]int {
	h := fnv.New32a()
	h.Write([]byte(id)) // a hash.Hash never returns an error
	var depths [cutCount]int
	for i, bits := 0, h.Sum32(); i < cutCount; i, bits = i+1, bits/(maxDepth+1) {
		depths[i] = int(bits % (maxDepth + 1))
	}
	return depths
}

// keyPath is the outline of a key in a box of 100 by 32: a ring on the left, a
// blade to the right with the notches in its lower edge. The inner circle
// turns the other way round, which leaves a hole.
func keyPath(id string) string {
	var b strings.Builder
	b.WriteString("M27 11H90L97 16.5 91 22")
	for i, depth := range cuts(id) {
		x := 84 - i*9
		fmt.Fprintf(&b, "H%dL%d %dH%dL%d 22", x+4, x+2, 22-depth, x-1, x-3)
	}
	b.WriteString("H27A13 13 0 1 1 27 11Z")
	b.WriteString("M10 12a4.5 4.5 0 1 0 .01 0Z")
	return b.String()
}

// hook is a place on the drawn board: the key that hangs there, if any.
type hook struct {
	id   string // "": the key has been handed out
	x, y int    // of the hook
	lit  bool   // the reader's own
}

// board lays out four by four hooks in a drawing of 400 by 640.
func board() []hook {
	handedOut, yours := []int{2, 7, 12}, 6
	hooks := make([]hook, 16)
	for i := range hooks {
		hooks[i] = hook{x: 65 + i%4*90, y: 70 + i/4*142, lit: i == yours}
		if !slices.Contains(handedOut, i) {
			hooks[i].id = fmt.Sprint("hook ", i)
		}
	}
	return hooks
}

// hang places a key so that its ring is on the hook and its blade points down.
func (h hook) hang() string { return fmt.Sprintf("translate(%d %d) rotate(90)", h.x+16, h.y-8) }
