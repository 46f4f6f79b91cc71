package authhttp_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	xwebsocket "golang.org/x/net/websocket"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authhttp"
)

// serving is a real server with a handler behind the middleware.
func (w *world) serving(handler http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(w.edge.Middleware(authhttp.Page)(handler))
	w.Cleanup(server.Close)
	return server
}

// cookieHeader is what a signed-in browser sends.
func (w *world) cookieHeader() http.Header {
	return http.Header{"Cookie": {w.edge.Cookie.Name + "=" + w.Login(w.A).Cookie}}
}

func TestAWebSocketOpensBehindTheMiddleware(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		var upgrader websocket.Upgrader
		var done sync.WaitGroup
		done.Add(1)
		echo := w.edge.Middleware(authhttp.Page)(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			conn, err := upgrader.Upgrade(out, r, nil)
			if err != nil {
				t.Errorf("Upgrade = %v", err)
				return
			}
			defer conn.Close()
			kind, text, _ := conn.ReadMessage()
			conn.WriteMessage(kind, append(text, authhttp.FromContext(r.Context()).Session.User.ID...))
		}))
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			defer done.Done()
			echo.ServeHTTP(out, r)
		}))
		defer server.Close()
		var complaints bytes.Buffer
		server.Config.ErrorLog = log.New(&complaints, "", 0)
		server.Start()
		address := "ws" + strings.TrimPrefix(server.URL, "http")
		conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), address, w.cookieHeader())
		if err != nil {
			t.Fatalf("Dial = %v, want a WebSocket", err)
		}
		defer conn.Close()
		conn.WriteMessage(websocket.TextMessage, []byte("I am "))
		if _, text, err := conn.ReadMessage(); err != nil || string(text) != "I am ada" {
			t.Errorf("the WebSocket says %q, %v, want I am ada", text, err)
		}
		conn.Close()
		done.Wait()
		if complaints.Len() > 0 {
			t.Errorf("the server complains: %s, want the connection left to the handler", &complaints)
		}
	})
}

func TestAWebSocketOfXNetOpensBehindTheMiddleware(t *testing.T) {
	w := newWorld(t, "jwt")
	server := w.serving(xwebsocket.Handler(func(conn *xwebsocket.Conn) { io.Copy(conn, conn) }))
	server.Start()
	conn, err := xwebsocket.Dial("ws"+strings.TrimPrefix(server.URL, "http"), "", server.URL)
	if err != nil {
		t.Fatalf("Dial = %v, want a WebSocket", err)
	}
	defer conn.Close()
	conn.Write([]byte("echo"))
	got := make([]byte, 4)
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != "echo" {
		t.Errorf("the WebSocket says %q, %v, want echo", got, err)
	}
}

// A handler may answer 101 itself and then take the connection: 101 is the last header.
func TestTheAnswerThatSwitchesProtocolsCarriesTheCookie(t *testing.T) {
	w := newWorld(t, "jwt")
	cookies := w.cookieHeader()
	w.Wait(10 * time.Minute)
	server := w.serving(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Connection", "Upgrade")
		out.Header().Set("Upgrade", "echo")
		out.WriteHeader(http.StatusEarlyHints)
		out.WriteHeader(http.StatusSwitchingProtocols)
		conn, _, err := http.NewResponseController(out).Hijack()
		if err != nil {
			t.Errorf("Hijack = %v", err)
			return
		}
		conn.Close()
	}))
	server.Start()
	r, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
	r.Header = cookies
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Connection", "Upgrade")
	r.Header.Set("Upgrade", "echo")
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusSwitchingProtocols || w.setCookie(resp) == "" {
		t.Errorf("the answer is %d with the cookies %v, want 101 with the renewed one", resp.StatusCode, resp.Cookies())
	}
}

// sendfile counts the files that the kernel is asked to send.
type sendfile struct {
	*net.TCPConn
	files *atomic.Int64
}

func (c sendfile) ReadFrom(src io.Reader) (int64, error) {
	if limited, ok := src.(*io.LimitedReader); ok {
		src = limited.R
	}
	if _, ok := src.(*os.File); ok {
		c.files.Add(1)
	}
	return c.TCPConn.ReadFrom(src)
}

type sendfileListener struct {
	net.Listener
	files *atomic.Int64
}

func (l sendfileListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return sendfile{conn.(*net.TCPConn), l.files}, nil
}

func TestALargeFileIsSentByTheKernel(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		content := bytes.Repeat([]byte("0123456789abcdef"), 1<<19) // 8 MB
		path := filepath.Join(t.TempDir(), "large.bin")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		cookies := w.cookieHeader()
		w.Wait(10 * time.Minute)
		server := w.serving(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			file, err := os.Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			defer file.Close()
			http.ServeContent(out, r, "large.bin", time.Time{}, file)
		}))
		var files atomic.Int64
		server.Listener = sendfileListener{server.Listener, &files}
		server.Start()
		r, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
		r.Header = cookies
		r.Header.Set("Sec-Fetch-Mode", "navigate")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		got := sha256.New()
		if n, err := io.Copy(got, resp.Body); err != nil || n != int64(len(content)) {
			t.Fatalf("the file arrives as %d bytes, %v, want %d", n, err, len(content))
		}
		if want := sha256.Sum256(content); !bytes.Equal(got.Sum(nil), want[:]) {
			t.Error("the file arrives changed")
		}
		if w.setCookie(resp) == "" {
			t.Error("the answer with the file has lost the renewed cookie")
		}
		if files.Load() == 0 {
			t.Error("the file went through the program's memory, want it handed to the connection")
		}
	})
}

// bare can do nothing that is optional.
type bare struct{ http.ResponseWriter }

type abilities struct{ flush, hijack, readFrom, push, readDeadline bool }

func abilitiesOf(w http.ResponseWriter) (a abilities) {
	_, a.flush = w.(http.Flusher)
	_, a.hijack = w.(http.Hijacker)
	_, a.readFrom = w.(io.ReaderFrom)
	_, a.push = w.(http.Pusher)
	_, a.readDeadline = w.(interface{ SetReadDeadline(time.Time) error })
	return a
}

func TestTheWriterCanDoWhatTheServersCan(t *testing.T) {
	w := newWorld(t, "jwt")
	var inside abilities
	look := w.edge.Middleware(authhttp.Page)(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		inside = abilitiesOf(out)
	}))
	look.ServeHTTP(bare{httptest.NewRecorder()}, httptest.NewRequest("GET", "/", nil))
	if want := (abilities{}); inside != want {
		t.Errorf("on a bare writer a handler has %+v, want nothing", inside)
	}
	for name, want := range map[string]abilities{
		"HTTP/1.1": {flush: true, hijack: true, readFrom: true, readDeadline: true},
		"HTTP/2":   {flush: true, push: true, readDeadline: true},
	} {
		var server abilities
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			server = abilitiesOf(out)
			look.ServeHTTP(out, r)
		}))
		s.EnableHTTP2 = name == "HTTP/2"
		s.StartTLS()
		resp, err := s.Client().Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		s.Close()
		if inside != want || inside != server {
			t.Errorf("over %s a handler has %+v and the server %+v, want %+v", name, inside, server, want)
		}
	}
}

func TestDeadlinesReachTheServer(t *testing.T) {
	w := newWorld(t, "jwt")
	var errs []error
	server := w.serving(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(out)
		errs = append(errs, control.SetWriteDeadline(time.Now().Add(time.Hour)), control.EnableFullDuplex(),
			control.SetReadDeadline(time.Now().Add(-time.Second)))
		_, err := r.Body.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("reading past the deadline = %v, want it exceeded", err)
		}
	}))
	server.Start()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
	if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(errs...); err != nil {
		t.Errorf("the deadlines = %v, want them set", err)
	}
}

// Whatever sends the headers sends the cookie.
func TestEveryWayToAnswerSendsTheCookie(t *testing.T) {
	ways := map[string]func(http.ResponseWriter){
		"nothing":     func(http.ResponseWriter) {},
		"WriteHeader": func(out http.ResponseWriter) { out.WriteHeader(http.StatusTeapot) },
		"Write":       func(out http.ResponseWriter) { out.Write([]byte("x")) },
		"WriteString": func(out http.ResponseWriter) { io.WriteString(out, "x") },
		"ReadFrom":    func(out http.ResponseWriter) { out.(io.ReaderFrom).ReadFrom(strings.NewReader("x")) },
		"Flush":       func(out http.ResponseWriter) { out.(http.Flusher).Flush() },
		"a flush by the controller": func(out http.ResponseWriter) {
			http.NewResponseController(out).Flush()
		},
		"early hints": func(out http.ResponseWriter) {
			out.WriteHeader(http.StatusEarlyHints)
			out.Write([]byte("x"))
		},
	}
	w := newWorld(t, "database")
	for name, answer := range ways {
		issued := w.Login(w.A)
		server := w.serving(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			authhttp.SetCookie(r.Context(), issued)
			answer(out)
		}))
		server.Start()
		r, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := w.setCookie(resp); got != issued.Cookie {
			t.Errorf("an answer by %s sets the cookie %.8q…, want that of the session", name, got)
		}
		w.A.End(t.Context(), auth.Selector{UserID: "ada"}, auth.ReasonSignedOut)
	}
}
