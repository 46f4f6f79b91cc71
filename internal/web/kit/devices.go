package kit

import (
	"cmp"
	"slices"

	"latchkey/internal/auth"
	"latchkey/internal/device"
	"latchkey/internal/views"
)

// Devices puts sessions into words, this one first, then the last used.
func Devices(live []auth.Session, currentID string) []views.Device {
	devices := make([]views.Device, 0, len(live))
	for _, l := range live {
		name, kind := device.Name(l.UserAgent)
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
