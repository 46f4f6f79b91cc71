package main

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// addr is where to listen. PORT, as hosting platforms set it, stands in for it.
func (l *loader) addr(name string, production bool) string {
	v, port := l.value(name), l.value("PORT")
	host := "localhost" // development stays on this machine
	if production {
		host = ""
	}
	if port != "" && !isPort(port) {
		l.bad("PORT", "is %q; allowed: a number from 0 to 65535", port)
	}
	if v == "" && port != "" {
		return net.JoinHostPort(host, port)
	}
	if v == "" {
		return net.JoinHostPort(host, "8080")
	}
	if problem := addrProblem(v); problem != "" {
		l.bad(name, "is %q; %s", v, problem)
	}
	return v
}

func addrProblem(v string) string {
	host, port, err := net.SplitHostPort(v)
	switch {
	case strings.ContainsAny(v, "${}"):
		return "nothing is filled in here: write the number, or leave ADDR empty and set PORT"
	case strings.Contains(v, "/"):
		return "that is the address of a page; allowed: host:port, such as localhost:8080"
	case err != nil && strings.Count(v, ":") > 1 && !strings.Contains(v, "["):
		return "an IPv6 address goes into brackets, such as [::1]:8080"
	case err != nil:
		return "allowed: host:port or :port, such as localhost:8080"
	case port == "":
		return "it names no port; allowed: host:port or :port, such as localhost:8080"
	case !isPort(port):
		return "the port is a number from 0 to 65535"
	case strings.ContainsAny(host, "* \t"):
		return "every address of this machine is written :" + port
	}
	return ""
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// baseURL takes an origin and returns it as browsers write it. Production must
// be reached by https, or the cookies and passwords of its users are everyone's;
// loopback is for trying it out.
func (l *loader) baseURL(name string, production bool) string {
	v := strings.TrimSuffix(l.value(name), "/")
	if v == "" {
		if production {
			l.bad(name, "is missing; production needs the public origin, such as https://app.example")
		}
		return ""
	}
	if strings.Contains(v, "@") { // what is in front of it may be a password
		l.bad(name, "has a user in it; allowed: an origin such as https://app.example")
		return ""
	}
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(v, "#") ||
		(u.Scheme != "http" && u.Scheme != "https") {
		l.bad(name, "is %q; allowed: an origin such as https://app.example, without a path", v)
		return ""
	}
	origin, problem := canonicalOrigin(u)
	if problem != "" {
		l.bad(name, "is %q; %s", v, problem)
		return ""
	}
	if production && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		l.bad(name, "is %q; production needs https, or a loopback address to try it out", v)
	}
	return origin
}

// canonicalOrigin is what a browser puts into the Origin header: the host in
// small letters, no default port (RFC 6454 §6.1).
func canonicalOrigin(u *url.URL) (origin, problem string) {
	host, problem := canonicalHost(u.Hostname())
	if problem != "" {
		return "", problem
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port := u.Port()
	if port == "" {
		if strings.HasSuffix(u.Host, ":") {
			return "", "it ends in a colon: write the port behind it or leave it out"
		}
		return u.Scheme + "://" + host, ""
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", "the port is a number from 1 to 65535"
	}
	if n == 443 && u.Scheme == "https" || n == 80 && u.Scheme == "http" {
		return u.Scheme + "://" + host, ""
	}
	return u.Scheme + "://" + host + ":" + strconv.FormatUint(n, 10), ""
}

var (
	hostPattern   = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	numberPattern = regexp.MustCompile(`(^|\.)(0x[0-9a-f]*|[0-9]+)$`) // a browser reads it as an IPv4 address
)

// canonicalHost is a host as a browser writes it, without brackets, or what is
// wrong with it.
func canonicalHost(host string) (canonical, problem string) {
	if ip, err := netip.ParseAddr(host); err == nil {
		switch {
		case ip.Zone() != "":
			return "", "browsers take no zone in an address"
		case ip.Is4In6():
			return "", "write the IPv4 address by itself"
		case ip.IsUnspecified():
			return "", "no browser can open that address: name the host that users see"
		}
		return ip.String(), ""
	}
	host = strings.ToLower(host)
	switch {
	case strings.ContainsFunc(host, func(r rune) bool { return r > '~' }):
		return "", "write the host in ASCII (xn--…), as browsers copy it from their address bar"
	case strings.Contains(host, "*"):
		return "", "every host is named in full: * stands for none"
	case strings.HasSuffix(host, "."):
		return "", "leave out the dot at the end of the host"
	case numberPattern.MatchString(host):
		return "", "write an IPv4 address as four numbers, such as 192.0.2.1"
	case len(host) > 253 || !hostPattern.MatchString(host):
		return "", "a host is made of letters, digits, - and dots"
	}
	return host, ""
}

// isLoopback reports a host that only this machine reaches (RFC 6761 §6.3).
func isLoopback(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || isLoopbackIP(host)
}

func isLoopbackIP(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// hostOf is the host of an origin or of host:port, without brackets.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Hostname()
	}
	host, _, _ := net.SplitHostPort(address)
	return host
}

// allowedHosts are the hosts that requests may name: that of the public origin
// and those listed. nil in development, where any may.
func (l *loader) allowedHosts(name, baseURL string, production bool) (hosts []string) {
	v := l.value(name)
	if v == "" && !production {
		return nil
	}
	if baseURL != "" {
		hosts = append(hosts, hostOf(baseURL))
	}
	for entry := range strings.SplitSeq(v, ",") {
		if entry = strings.TrimSpace(entry); v == "" {
			break
		}
		host, problem := canonicalHost(strings.TrimSuffix(strings.TrimPrefix(entry, "["), "]"))
		if strings.Contains(entry, "/") || strings.Contains(entry, "@") {
			problem = "list hosts alone, such as app.example"
		} else if problem != "" && strings.Contains(entry, ":") {
			problem = "leave out the port: it does not matter here"
		}
		if problem != "" {
			l.bad(name, "has the entry %q; %s", entry, problem)
		} else if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// onThisMachine refuses a development that others reach unless it is meant:
// it shows its errors, and nobody has chosen its settings for an audience.
func (l *loader) onThisMachine(addr, baseURL string) (alone bool) {
	const advice = "; set APP_ENV=production for a site, or APP_ENV=development to show one that is being made"
	outright := l.value("APP_ENV") == "development"
	alone = true
	if !isLoopback(hostOf(addr)) {
		alone = false
		if !outright && addrProblem(addr) == "" {
			l.bad("ADDR", "is %q, where other machines reach it%s", addr, advice)
		}
	}
	if baseURL != "" && !isLoopback(hostOf(baseURL)) {
		alone = false
		if !outright {
			l.bad("BASE_URL", "is %q, which is not on this machine%s", baseURL, advice)
		}
	}
	return alone
}
