package kit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mileusna/useragent"

	"latchkey/internal/auth"
	"latchkey/internal/views"
)

// Devices puts sessions into words, this one first, then the last used.
func Devices(live []auth.Session, currentID string) []views.Device {
	devices := make([]views.Device, 0, len(live))
	for _, l := range live {
		name, kind := describe(l.UserAgent)
		devices = append(devices, views.Device{
			ID: l.ID, Name: name, Kind: kind, IP: l.IP,
			SignedIn: l.CreatedAt, LastSeen: l.LastSeenAt, Current: l.ID == currentID,
		})
	}
	slices.SortStableFunc(devices, func(a, b views.Device) int {
		if a.Current != b.Current {
			return cmp.Compare(b2i(b.Current), b2i(a.Current))
		}
		return b.LastSeen.Compare(a.LastSeen)
	})
	return devices
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// describe reads a User-Agent header in words such as "Firefox on Windows".
func describe(header string) (name, kind string) {
	ua := useragent.Parse(header)
	if ua.OS == useragent.Android && !strings.Contains(header, "Mobile") { // how browsers tell, and the parser does not
		ua.Mobile, ua.Tablet = false, true
	}
	system := systemWords(ua)
	switch {
	case ua.Tablet:
		kind = "tablet"
	case ua.Mobile:
		kind = "phone"
	case ua.Desktop:
		kind = "desktop"
	}
	switch {
	case ua.Name != "" && system != "":
		return fmt.Sprintf("%s on %s", ua.Name, system), kind
	case ua.Name != "" && len(ua.Name) <= 40:
		return ua.Name, kind
	}
	return "", kind
}

// systemWords says what its owner calls the thing in his hands.
func systemWords(ua useragent.UserAgent) string {
	switch {
	case ua.OS == useragent.IOS && ua.Tablet:
		return "iPad"
	case ua.OS == useragent.IOS:
		return "iPhone"
	case ua.OS == useragent.Android && ua.Tablet:
		return "Android tablet"
	case ua.OS == useragent.Android && ua.Mobile:
		return "Android phone"
	case ua.OS == useragent.MacOS:
		return "Mac"
	case ua.OS == useragent.ChromeOS:
		return "Chromebook"
	}
	return ua.OS
}
