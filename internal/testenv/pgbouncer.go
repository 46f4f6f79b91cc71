package testenv

import (
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

const getBouncer = "install PgBouncer: apt-get install pgbouncer, brew install pgbouncer"

// bouncerScript runs a PgBouncer that hands out connections transaction by
// transaction. Its socket lies in the guard's folder; it has no port.
const bouncerScript = `
prepare() {
	bin=$1 host=$2 port=$3 size=$4
	cat >ini <<-END
		[databases]
		* = host=$host port=$port user=latchkey
		[pgbouncer]
		listen_addr =
		listen_port = 6432
		unix_socket_dir = $dir
		auth_type = any
		pool_mode = transaction
		default_pool_size = $size
		max_client_conn = 500
	END
}
obey() {
	case $1 in
	start)
		"$bin" -q ini >>log 2>&1 &
		echo $! >pid
		for try in $(seq 100); do [ -S .s.PGSQL.6432 ] && return 0; sleep 0.1; done
		return 1 ;;
	esac
}
finish() { kill -s KILL "$(cat pid)"; }
`

// Bouncer starts a PgBouncer in transaction mode before the server of the DSN,
// with so many connections to it, and returns the DSN by way of it. It ends with
// the test. Without PgBouncer on this machine the test is skipped; see Missing.
func Bouncer(t testing.TB, dsn string, size int) string {
	t.Helper()
	bin, err := exec.LookPath("pgbouncer")
	if err != nil {
		if bin, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil {
			Missing(t, "PgBouncer", getBouncer)
		}
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	g, err := newGuard(true, bouncerScript, bin, q.Get("host"), q.Get("port"), strconv.Itoa(size))
	need(t, err, "PgBouncer", getBouncer)
	t.Cleanup(g.close)
	if err := g.obey("start"); err != nil {
		t.Fatal(err)
	}
	answers(t, g.dir+"/.s.PGSQL.6432")
	q.Set("host", g.dir)
	q.Set("port", "6432")
	u.RawQuery = q.Encode()
	return fmt.Sprint(u)
}

// answers waits until connections to the socket are taken: its file is there a
// moment before.
func answers(t testing.TB, socket string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("unix", socket)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
