package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// CheckTLS refuses an address that may be spoken to in the clear over a
// network. sslmode's default, prefer, is such: it gives way to whoever is in
// between. The error starts with the variable's name and holds no password.
func CheckTLS(variable, address string) error {
	config, err := parse(variable, address)
	if err != nil {
		return err
	}
	first := &pgconn.FallbackConfig{Host: config.ConnConfig.Host, TLSConfig: config.ConnConfig.TLSConfig}
	for _, c := range append([]*pgconn.FallbackConfig{first}, config.ConnConfig.Fallbacks...) {
		if c.TLSConfig == nil && !isLocal(c.Host) {
			return fmt.Errorf("%s lets %s be spoken to without TLS, which production does not; add sslmode=verify-full (or require, which checks no certificate)", variable, c.Host)
		}
	}
	return nil
}

// isLocal reports a socket or a loopback address.
func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// foreign are parameters of other programs' addresses, and what to write here.
var foreign = map[string]string{
	"schema":           "write search_path=",
	"currentschema":    "write search_path=",
	"ssl":              "write sslmode=require",
	"sslaccept":        "write sslmode=require or verify-full",
	"pgbouncer":        "leave it out; see DATABASE_LISTEN_URL",
	"connection_limit": "write pool_max_conns=",
	"pool_timeout":     "leave it out",
	"pool_size":        "write pool_max_conns=",
	"max_connections":  "write pool_max_conns=",
	"socket_timeout":   "leave it out",
	"charset":          "leave it out: the program speaks UTF-8",
	"encoding":         "leave it out: the program speaks UTF-8",
	"uselibpqcompat":   "leave it out",
	"timeout":          "write connect_timeout=, in seconds",
}

// allowed says what a parameter may be, for those that are often wrong.
var allowed = map[string]string{
	"sslmode":              "disable, allow, prefer, require, verify-ca or verify-full",
	"target_session_attrs": "any, read-write, read-only, primary, standby or prefer-standby",
	"pool_max_conns":       "a number from 1 on",
	"pool_min_conns":       "a number from 0 on",
	"connect_timeout":      "a number of seconds",
}

// parameterProblem names the parameter of an address that cannot be used, or "".
// Each is tried by itself: the driver's error would repeat the whole address.
func parameterProblem(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "its parameters cannot be read: write them as ?name=value&name=value"
	}
	names := make([]string, 0, len(query))
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if advice := foreign[strings.ToLower(name)]; advice != "" {
			return fmt.Sprintf("its parameter %s is another program's: %s", name, advice)
		}
		if len(query[name]) > 1 {
			return fmt.Sprintf("it has the parameter %s more than once", name)
		}
		alone := &url.URL{Scheme: u.Scheme, Host: "localhost", Path: "/x", RawQuery: url.Values{name: query[name]}.Encode()}
		if _, err := pgxpool.ParseConfig(alone.String()); err != nil {
			return fmt.Sprintf("its parameter %s cannot be used%s", name, mayBe(name))
		}
	}
	return ""
}

func mayBe(name string) string {
	if text := allowed[name]; text != "" {
		return "; allowed: " + text
	}
	return ""
}

// unescaped reports a password that holds one of the characters that end a part
// of an address: what follows then stands where it would be printed.
func unescaped(address string) bool {
	_, rest, _ := strings.Cut(address, "://")
	end := strings.IndexAny(rest, "/?#")
	return strings.Contains(rest, "#") || end >= 0 && strings.Contains(rest[end:], "@") || strings.Count(rest, "@") > 1
}

func hasParameter(address, name string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Query().Has(name)
}

// namesMissingFile reports an address whose only fault may be a file, which
// parse has a message for.
func namesMissingFile(address string) bool {
	_, err := pgxpool.ParseConfig(address)
	_, ok := errors.AsType[*fs.PathError](err)
	return ok
}

// places are all hosts of an address, in the order in which they are tried.
func places(c *pgx.ConnConfig) string {
	all := []string{fmt.Sprintf("%s:%d", c.Host, c.Port)}
	for _, f := range c.Fallbacks {
		if place := fmt.Sprintf("%s:%d", f.Host, f.Port); !slices.Contains(all, place) {
			all = append(all, place)
		}
	}
	return strings.Join(all, " or ")
}
