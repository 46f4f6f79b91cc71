package views

import (
	"fmt"
	"slices"
)

// SignInLimitModel is shown when a sign-in had the right password but as many
// sessions as allowed are live, under the limit policy "deny".
type SignInLimitModel struct {
	Limit       int      // how many may be live at once
	Devices     []Device // those that are
	Proof       string   // single-use proof that the password was right; goes back in the form
	CallbackURL string   // where to go afterwards; "": the handler's default
}

// choices are the devices, the least recently used one first and chosen. The
// empty value stands for all of them.
func (m SignInLimitModel) choices(p Page) Choices {
	devices := slices.Clone(m.Devices)
	slices.SortStableFunc(devices, func(a, b Device) int { return a.LastSeen.Compare(b.LastSeen) })
	c := Choices{Name: "device", Legend: "Sign out", Scroll: true}
	for _, d := range devices {
		hint := d.IP
		if !d.LastSeen.IsZero() {
			hint = fmt.Sprintf("Active %s", relative(p.now(), d.LastSeen))
			if d.IP != "" {
				hint += " · " + d.IP
			}
		}
		c.Options = append(c.Options, Option{Value: d.ID, Label: d.name(), Hint: hint})
	}
	if len(c.Options) > 0 {
		c.Value = c.Options[0].Value
	}
	if len(c.Options) > 1 {
		c.Options = append(c.Options, Option{Value: "", Label: "All of them"})
	}
	return c
}
