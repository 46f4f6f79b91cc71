package testenv

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const getPatroni = "install Patroni, etcd, HAProxy and PostgreSQL, on Linux: apt-get install patroni etcd-server haproxy postgresql"

// patroniScript runs one etcd, several servers with a Patroni each, and an HAProxy that
// leads to the one that is the primary. All listen on the loopback address, with ports of
// the test's choice; the servers ask for a password of the test's own.
//
// A member is in a folder of its name. Patroni starts its server in a session of its own,
// so it is found by where it works.
const patroniScript = `
prepare() {
	bin=$1 etcd=$2 peer=$3 primary=$4
	shift 4
	password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' ')
	echo "$password" >password
	cat >haproxy.cfg <<-END
		defaults
		  mode tcp
		  timeout connect 2s
		  timeout client 1h
		  timeout server 1h
		  timeout check 1s
		listen primary
		  bind 127.0.0.1:$primary
		  option httpchk OPTIONS /primary
		  http-check expect status 200
		  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
	END
	while [ $# -gt 0 ]; do
		member "$1" "$2" "$3"
		echo "  server $1 127.0.0.1:$2 check port $3" >>haproxy.cfg
		shift 3
	done
}
member() {
	mkdir "$1"
	cat >"$1/patroni.yml" <<-END
		scope: latchkey
		name: $1
		restapi: {listen: "127.0.0.1:$3", connect_address: "127.0.0.1:$3"}
		etcd3: {hosts: ["127.0.0.1:$etcd"]}
		bootstrap:
		  dcs:
		    ttl: 20
		    loop_wait: 2
		    retry_timeout: 3
		    synchronous_mode: true
		    postgresql:
		      parameters: {max_connections: 100, shared_buffers: 16MB, fsync: "off"}
		  initdb: [encoding: UTF8, locale: C, no-sync]
		  pg_hba:
		  - host all all 127.0.0.1/32 scram-sha-256
		  - host replication all 127.0.0.1/32 scram-sha-256
		postgresql:
		  listen: 127.0.0.1:$2
		  connect_address: 127.0.0.1:$2
		  bin_dir: $bin
		  data_dir: $dir/$1/data
		  pgpass: $dir/$1/pgpass
		  parameters: {unix_socket_directories: "$dir/$1", password_encryption: scram-sha-256}
		  authentication:
		    superuser: {username: latchkey, password: $password}
		    replication: {username: replicator, password: $password}
		watchdog: {mode: "off"}
	END
}
run() {
	name=$1
	shift
	"$@" >>log 2>&1 &
	echo $! >"$name.pid"
}
working() {
	for process in /proc/[0-9]*; do
		case $(readlink "$process/cwd") in "$1"*) echo "${process#/proc/}" ;; esac
	done
}
hold() {
	for id in $(working "$dir/$1/data"); do
		case $(cat "/proc/$id/cmdline") in postgres:*walsender*) kill -s STOP "$id" ;; esac
	done
}
obey() {
	case $1 in
	etcd)
		run etcd etcd --data-dir "$dir/etcd" --log-level error \
			--listen-client-urls "http://127.0.0.1:$etcd" --advertise-client-urls "http://127.0.0.1:$etcd" \
			--listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
			--initial-cluster "default=http://127.0.0.1:$peer" ;;
	haproxy) run haproxy "$(command -v haproxy || echo /usr/sbin/haproxy)" -db -f haproxy.cfg ;;
	start*) run "${1#start }" patroni "${1#start }/patroni.yml" ;;
	hold*) hold "${1#hold }" ;;
	kill*) kill -s KILL "$(cat "${1#kill }.pid")" $(working "$dir/${1#kill }/data") ;;
	esac
}
finish() {
	for id in $(working "$dir"); do [ "$id" = $$ ] || kill -s KILL "$id"; done
}
`

// A Patroni is three PostgreSQL servers of one test's own: a primary, a standby that has
// what is acknowledged (synchronous), and another. For use from the goroutine of its test.
type Patroni struct {
	t     testing.TB
	guard *guard
	port  string            // of HAProxy, which leads to the primary
	apis  map[string]string // of the members that run, by name: where Patroni answers
}

// NewPatroni starts the servers and waits until there is a primary with a synchronous
// standby. They live as long as the test. Without Patroni, etcd, HAProxy and PostgreSQL on
// this machine the test is skipped; see Missing.
func NewPatroni(t testing.TB) *Patroni {
	t.Helper()
	bin, err := patroniBin()
	need(t, err, "Patroni", getPatroni)
	names := []string{"one", "two", "three"}
	ports := freePorts(t, 3+2*len(names))
	p := &Patroni{t: t, port: ports[2], apis: map[string]string{}}
	args := append([]string{bin}, ports[:3]...)
	for i, name := range names {
		server, api := ports[3+2*i], ports[4+2*i]
		args = append(args, name, server, api)
		p.apis[name] = "http://127.0.0.1:" + api
	}
	p.guard, err = newGuard(true, patroniScript, args...)
	need(t, err, "Patroni", getPatroni)
	t.Cleanup(p.guard.close)
	p.obey("etcd")
	p.obey("haproxy")
	for _, name := range names { // the first that is there becomes the primary
		p.obey("start " + name)
	}
	p.until("a primary, a synchronous standby and another", func() bool {
		return slices.Equal(p.roles(), []string{"leader", "replica", "sync_standby"})
	})
	return p
}

// patroniBin finds the folder of PostgreSQL's programs, if everything else is there too.
func patroniBin() (string, error) {
	for _, name := range []string{"patroni", "etcd", "haproxy"} {
		if _, err := exec.LookPath(name); err != nil {
			if _, err := exec.LookPath("/usr/sbin/" + name); err != nil {
				return "", errMissing
			}
		}
	}
	if !isFile("/proc/self/stat") {
		return "", errMissing // see finish
	}
	return postgresBin()
}

// DSN is the URL of the one database, by way of HAProxy.
func (p *Patroni) DSN() string {
	p.t.Helper()
	password, err := os.ReadFile(filepath.Join(p.guard.dir, "password"))
	if err != nil {
		p.t.Fatal(err)
	}
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword("latchkey", strings.TrimSpace(string(password))), Host: "127.0.0.1:" + p.port,
		Path: "/postgres", RawQuery: "sslmode=disable",
	}
	return u.String()
}

// KillPrimary kills the primary and its Patroni, neither of which can say a word, and
// returns their name.
func (p *Patroni) KillPrimary() (name string) {
	p.t.Helper()
	name = p.leader()
	p.obey("kill " + name)
	delete(p.apis, name)
	return name
}

// leader is the name of the primary, which there must be.
func (p *Patroni) leader() string {
	p.t.Helper()
	for _, m := range p.members() {
		if m.Role == "leader" {
			return m.Name
		}
	}
	p.t.Fatalf("there is no primary among %v", p.members())
	return ""
}

// StopReplication has the primary send nothing to its standbys any more, as if the network
// between them were slow, until it is killed.
func (p *Patroni) StopReplication() { p.t.Helper(); p.obey("hold " + p.leader()) }

// Primary is the name of the member that is the primary, "" while none is.
func (p *Patroni) Primary() string {
	for name, api := range p.apis {
		if answered(api+"/primary", nil) {
			return name
		}
	}
	return ""
}

// member is a server as Patroni sees it.
type member struct{ Name, Role, State string }

// members are what one of them knows of all, nil if none says.
func (p *Patroni) members() []member {
	for _, api := range p.apis {
		var answer struct{ Members []member }
		if answered(api+"/cluster", &answer) {
			return answer.Members
		}
	}
	return nil
}

// roles are those of the members that are at work, in order.
func (p *Patroni) roles() (roles []string) {
	for _, m := range p.members() {
		if m.State == "running" || m.State == "streaming" {
			roles = append(roles, m.Role)
		}
	}
	slices.Sort(roles)
	return roles
}

func (p *Patroni) obey(order string) {
	p.t.Helper()
	if err := p.guard.obey(order); err != nil {
		p.t.Fatal(err)
	}
}

func (p *Patroni) until(what string, done func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !done(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("in two minutes this has not come: %s; members: %v; log:\n%s", what, p.members(), p.guard.log())
		}
	}
}

// answered reports whether the answer is 200, and decodes it.
func answered(url string, answer any) bool {
	client := &http.Client{Timeout: 2 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK && (answer == nil || json.NewDecoder(resp.Body).Decode(answer) == nil)
}

// freePorts are some that nobody listens on. Another program may take one before it is used.
func freePorts(t testing.TB, n int) (ports []string) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // once all are known, so that no two are the same
		ports = append(ports, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	return ports
}
