package views

import (
	"fmt"
	"net/url"
	"strconv"
)

// DevicesModel is the list of places where the user is signed in.
type DevicesModel struct {
	Devices []Device // this one first: those to show, and the first of the next step
	Total   int      // how many there are; 0: no more than Devices
	Limit   int      // most live sessions; 0: no limit
	Policy  string   // what the limit does: "evict" or "deny"; "": not explained
	Show    int      // how many to show; 0: the first few

	SignIns, Failures []PastSignIn // the last ones; nil: none are kept
}

const (
	firstDevices = 10   // shown at first
	moreDevices  = 30   // shown more with each step
	mostDevices  = 1000 // on one page
)

// DevicesShown is how many are shown where so many are asked for.
func DevicesShown(show int) int { return min(max(show, firstDevices), mostDevices) }

// shown is the part of the list that is in view.
func (m DevicesModel) shown() []Device {
	return m.Devices[:min(DevicesShown(m.Show), len(m.Devices))]
}

// total counts all, also those that are not in the model.
func (m DevicesModel) total() int { return max(m.Total, len(m.Devices)) }

// more is how many the next step adds.
func (m DevicesModel) more() int {
	return min(moreDevices, m.total()-len(m.shown()), mostDevices-len(m.shown()))
}

// morePath shows them, and goes to the first of them.
func (m DevicesModel) morePath() string {
	from := len(m.shown())
	path := "/account/sessions?show=" + strconv.Itoa(from+m.more())
	if from < len(m.Devices) {
		path += "#" + m.Devices[from].Anchor()
	}
	return path
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
	text := fmt.Sprintf("Where you're signed in now. %d of %d.", m.total(), m.Limit)
	switch m.Policy {
	case "evict":
		return text + " Signing in on one more signs out the one not used for longest."
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
