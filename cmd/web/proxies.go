package main

import (
	"net/netip"
	"strings"
)

// networks is a list of networks in CIDR notation, or of single addresses, separated by
// commas.
func (l *loader) networks(name string, production bool) []string {
	var list []string
	for item := range strings.SplitSeq(l.value(name), ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(item)
		if addr, e := netip.ParseAddr(item); e == nil && addr.Zone() == "" {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		switch {
		case err != nil:
			l.bad(name, "has %q; allowed: networks such as 10.0.0.0/8 or 2001:db8::/32, and addresses, separated by commas", item)
		case prefix.Bits() == 0 && production:
			l.bad(name, "has %q, which is everybody: anyone could choose the address that tries are counted by", item)
		default:
			list = append(list, prefix.Masked().String())
		}
	}
	return list
}

// rateLimit can be turned off outside production only.
func (l *loader) rateLimit(name string, production bool) bool {
	on := l.oneOf(name, "on", "off") == "on"
	if !on && production {
		l.bad(name, "is off; production counts wrong passwords: leave it on")
	}
	return on
}
