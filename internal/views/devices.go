package views

import (
	"fmt"
	"net/url"
	"strconv"
)

// DevicesModel is the list of places where the user is signed in.
type DevicesModel struct {
	Devices []Device // this one first
	Limit   int      // most live sessions; 0: no limit
	Policy  string   // what the limit does: "evict" or "deny"; "": not explained
	Show    int      // how many to show; 0: the first few
}

const (
	firstDevices = 10 // shown at first
	moreDevices  = 30 // shown more with each step
)

// shown is the part of the list that is in view.
func (m DevicesModel) shown() []Device {
	return m.Devices[:min(max(m.Show, firstDevices), len(m.Devices))]
}

// more is how many the next step adds.
func (m DevicesModel) more() int { return min(moreDevices, len(m.Devices)-len(m.shown())) }

// morePath shows them, and goes to the first of them.
func (m DevicesModel) morePath() string {
	from := len(m.shown())
	return "/account/sessions?show=" + strconv.Itoa(from+m.more()) + "#" + m.Devices[from].Anchor()
}

// endPath is where the form posts that signs out the device of row i. A browser
// carries the part behind # over to the page that comes next, so the list opens
// at the neighbour of the row that is gone.
func (m DevicesModel) endPath(i int) string {
	path := "/account/sessions/" + url.PathEscape(m.Devices[i].ID) + "/end"
	switch {
	case i+1 < len(m.shown()):
		return path + "#" + m.Devices[i+1].Anchor()
	case i > 0:
		return path + "#" + m.Devices[i-1].Anchor()
	}
	return path
}

// show is the number of rows to come back to; "": the first few.
func (m DevicesModel) show() string {
	if m.Show <= firstDevices {
		return ""
	}
	return strconv.Itoa(m.Show)
}

// words say how many devices there are, and what the limit does.
func (m DevicesModel) words() string {
	if m.Limit <= 0 {
		return "Where you're signed in now."
	}
	text := fmt.Sprintf("Where you're signed in now. %d of %d.", len(m.Devices), m.Limit)
	switch m.Policy {
	case "evict":
		return text + " Signing in on one more signs out the oldest."
	case "deny":
		return text + " To sign in on one more, you choose one to sign out."
	}
	return text
}

// others counts the devices that are not this one.
func others(devices []Device) int {
	n := 0
	for _, d := range devices {
		if !d.Current {
			n++
		}
	}
	return n
}
