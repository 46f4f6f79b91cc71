package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/gorilla/websocket"

	"latchkey/internal/web/kit"
	"latchkey/internal/web/webtest"
)

// asProgram makes a browser's requests those of a script on a page.
func asProgram(b *webtest.Browser, more ...string) *webtest.Browser {
	b.Header = http.Header{"Sec-Fetch-Mode": {"cors"}}
	for i := 0; i < len(more); i += 2 {
		b.Header.Set(more[i], more[i+1])
	}
	return b
}

func TestProgramsGetProblemsAndNoPages(t *testing.T) {
	w := webtest.OnMemory(t)
	problem := func(b *webtest.Browser, method, path string, status int) *webtest.Answer {
		t.Helper()
		got := b.Do(method, path, "", "").Shows(status)
		var p kit.Problem
		if err := json.Unmarshal([]byte(got.Text), &p); err != nil || p.Status != status || p.Type != "about:blank" || p.Title != http.StatusText(status) ||
			got.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(got.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s %s of a program = %s %.200s, want a problem of status %d", method, path, got.Header.Get("Content-Type"), got.Text, status)
		}
		return got
	}
	for _, program := range [][]string{nil, {"HX-Request", "true"}, {"Sec-Fetch-Mode", "", "Accept", "application/json"}, {"Sec-Fetch-Mode", "", "Accept", "*/*"},
		{"Sec-Fetch-Mode", "", "Accept", "text/html", "HX-Request", "true"}} {
		got := problem(asProgram(w.Browser(), program...), "GET", "/dashboard", 401)
		if got.Header.Get("Location") != "" || got.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("the 401 has Location %q and challenge %q, want none and one", got.Header.Get("Location"), got.Header.Get("WWW-Authenticate"))
		}
	}
	htmx := asProgram(w.Browser(), "HX-Request", "true", "HX-Current-URL", w.URL+"/dashboard?tab=2")
	if got := problem(htmx, "POST", "/account", 401).Header.Get("HX-Redirect"); got != "/signin?callbackUrl=%2Fdashboard%3Ftab%3D2" {
		t.Errorf("htmx is led to %q, want the sign-in page with the way back", got)
	}
	htmx.Header.Set("HX-Current-URL", "https://evil.example/")
	if got := problem(htmx, "GET", "/dashboard", 401).Header.Get("HX-Redirect"); strings.Contains(got, "evil") {
		t.Errorf("htmx is led to %q", got)
	}
	problem(asProgram(w.Browser()), "GET", "/nowhere", 404)
	problem(asProgram(w.Browser(), "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"), "POST", "/account", 403)
	problem(asProgram(w.SignUp("ada@example.com")), "POST", "/account", 415)
	navigation := w.Browser()
	navigation.Header = http.Header{"Sec-Fetch-Mode": nil, "Accept": {"text/html,*/*"}}
	navigation.Get("/dashboard").RedirectsTo("/signin?callbackUrl=%2Fdashboard").Shows(200)
	navigation.Get("/nowhere").Shows(404, "</html>")
}

func TestWhoIsRefusedIsInTheLog(t *testing.T) {
	w := webtest.OnMemory(t)
	b := w.Browser()
	refused := func(status int, headers http.Header) {
		t.Helper()
		b.Header = headers
		b.Post("/signout").Shows(status)
	}
	refused(403, http.Header{"Sec-Fetch-Site": nil, "Origin": nil, "Referer": {"https://evil.example/secret?x=1"}})
	if log := w.Log.String(); !strings.Contains(log, `"want":"`+w.URL) || !strings.Contains(log, "https://evil.example") || strings.Contains(log, "secret") {
		t.Error("the log does not say which origin was wanted and which came, or says more")
	}
	refused(303, http.Header{"Sec-Fetch-Site": nil, "Origin": nil, "Referer": {w.URL + "/dashboard"}})
	refused(303, http.Header{"Sec-Fetch-Site": nil, "Origin": nil})
	refused(303, http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"http://" + b.Origin().Host}}) // a tunnel's work
	refused(403, http.Header{"Sec-Fetch-Site": nil, "Origin": {"http://" + b.Origin().Host}})
}

func TestUnknownHostsAreRefused(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Web.AllowedHosts = []string{"app.example", "::1"}
	w.Deploy()
	inner := w.Handler()
	for host, known := range map[string]bool{
		"app.example": true, "APP.example:443": true, "app.example.": true, "[::1]:8080": true, "[::1]": true,
		"evil.example": false, "app.example.evil.example": false, "127.0.0.1": false, "": false,
	} {
		w.Use(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { r.Host = host; inner.ServeHTTP(rw, r) }))
		b := w.Browser()
		status := map[bool]int{true: 200, false: 421}[known]
		b.Get("/signin").Shows(status)
		b.Get("/healthz").Shows(200)
		b.Get("/readyz").Shows(200)
	}
}

// echo is a part with a WebSocket, a slow upload and handlers that go wrong.
var echo = kit.Part{Build: func(k *kit.Kit) kit.Built {
	return kit.Built{Routes: map[kit.Block]func(chi.Router){kit.BlockAnyone: func(r chi.Router) {
		r.Get("/echo", func(w http.ResponseWriter, r *http.Request) {
			conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
			if err != nil {
				return
			}
			defer conn.Close()
			_, text, _ := conn.ReadMessage()
			conn.WriteMessage(websocket.TextMessage, text)
		})
		size := func(w http.ResponseWriter, r *http.Request) error {
			if err := kit.ReadForm(r); err != nil {
				return err
			}
			_, bounded := r.Context().Deadline()
			return kit.WriteJSON(w, 200, map[string]any{"size": len(r.PostFormValue("text")), "bounded": bounded})
		}
		r.Post("/size", k.Handle(size))
		r.With(k.Bounded(1<<20, 0)).Post("/size/large", k.Handle(size))
		r.Get("/deadline", k.Handle(func(w http.ResponseWriter, r *http.Request) error {
			end, _ := r.Context().Deadline()
			return kit.WriteJSON(w, 200, time.Until(end).Seconds())
		}))
		r.Get("/half", k.Handle(func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("half"))
			http.NewResponseController(w).Flush()
			return &kit.Error{Status: 500}
		}))
		r.Get("/half/panic", func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte("half"))
			http.NewResponseController(w).Flush()
			panic("half")
		})
		r.Get("/waits", k.Handle(func(_ http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			return r.Context().Err()
		}))
		r.Get("/silent", k.Handle(func(http.ResponseWriter, *http.Request) error { return nil }))
		r.Get("/panics", func(http.ResponseWriter, *http.Request) { panic("a bug") })
	}}}
}}

func TestAWebSocketWorksOnAnyRoute(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Add(echo)
	dialer := websocket.Dialer{TLSClientConfig: w.Browser().Client.Transport.(*http.Transport).TLSClientConfig}
	conn, _, err := dialer.Dial("wss"+strings.TrimPrefix(w.URL, "https")+"/echo", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.WriteMessage(websocket.TextMessage, []byte("hello"))
	if _, text, err := conn.ReadMessage(); string(text) != "hello" {
		t.Errorf("the WebSocket says %q, %v, want hello", text, err)
	}
}

func TestOneRouteLiftsTheLimits(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Add(echo)
	b := w.Browser()
	text := strings.Repeat("x", 200_000)
	b.Post("/size", "text", text).Shows(413)
	b.Post("/size", "text", "x").Shows(200, `"bounded":true`)
	b.Post("/size/large", "text", text).Shows(200, `"size":200000`, `"bounded":false`)
	b.Post("/size/large", "text", text+"\x00").Shows(422)
	b.Post("/size/large", "text", strings.Repeat(text, 6)).Shows(413)
	for _, path := range []string{"/signin", "/signup", "/signin/continue", "/signout"} {
		big := b.Post(path, "email", strings.Repeat("x", kit.SmallForm)).StatusCode
		if path != "/signout" && big != 413 { // which reads no form
			t.Errorf("POST %s with more than 8 kB = %d, want 413", path, big)
		}
	}
	var seconds float64
	json.Unmarshal([]byte(b.Get("/deadline").Shows(200).Text), &seconds)
	if seconds < 8 || seconds > 10 {
		t.Errorf("a handler has %.1f s, want 10 s", seconds)
	}
}

func TestHalfAnAnswerIsBrokenOff(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Add(echo)
	for _, path := range []string{"/half", "/half/panic"} {
		resp, err := w.Browser().Client.Get(w.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		text := make([]byte, 10_000)
		n := 0
		for err == nil {
			var more int
			more, err = resp.Body.Read(text[n:])
			n += more
		}
		resp.Body.Close()
		if err.Error() != "unexpected EOF" || string(text[:n]) != "half" {
			t.Errorf("GET %s = %q, %v, want half an answer and its break", path, text[:n], err)
		}
	}
}

func TestNoHandlerEndsWithoutAStatus(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Add(echo)
	for _, path := range []string{"/silent", "/panics"} {
		got := w.Browser().Get(path).Shows(500, "Something went wrong")
		_, rest, _ := strings.Cut(got.Header.Get("Content-Security-Policy"), "'nonce-")
		nonce, _, _ := strings.Cut(rest, "'")
		if nonce == "" || !strings.Contains(got.Text, `nonce="`+nonce+`"`) || strings.Contains(got.Text, `nonce=""`) {
			t.Errorf("GET %s: the scripts of the 500 page do not have the policy's nonce %q", path, nonce)
		}
	}
}

// The page for an error does not need the time that the handler has used up.
func TestAnErrorPageNeedsNoTime(t *testing.T) {
	w := webtest.OnMemory(t)
	w.Web.MaxTime = 100 * time.Millisecond
	w.Add(echo)
	w.Browser().Get("/waits").Shows(503, "right back", "</html>")
}

func TestRequestIDsAreOurs(t *testing.T) {
	b := webtest.OnMemory(t).Browser()
	b.Header.Set("X-Request-Id", "evil")
	if got := b.Get("/nowhere").Header.Get("X-Request-Id"); got == "evil" || len(got) != 12 {
		t.Errorf("the request's id is %q, want one of our own", got)
	}
	if strings.Contains(b.Site.Log.String(), "evil") {
		t.Error("a client writes its own request id into the log")
	}
}
