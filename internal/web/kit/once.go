package kit

import (
	"crypto/sha256"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/felixge/httpsnoop"
)

// A form that is sent twice, by a double click or by a reload, is carried out
// once: the second request gets the first one's answer. Each form that a page
// shows has an id of its own, so that a user who sends the same words in two
// forms is taken at their word.
const (
	formID       = "form"           // the hidden field with the id; views.Form puts it in
	formIDLength = 26               // of crypto/rand.Text
	rememberFor  = 30 * time.Second // an answer, for a repeat that comes late
	mostAnswers  = 1000             // remembered at once; beyond that a form may be carried out twice
)

// answers are those of forms that were sent lately, to this instance.
type answers struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]*answer
}

// answer is what a form was answered. Until done is closed it is being made.
type answer struct {
	done    chan struct{}
	expires time.Time // zero = still being made
	status  int       // 0 = there is none: the handler gave up
	header  http.Header
	body    []byte
}

func newAnswers() *answers { return &answers{known: map[[sha256.Size]byte]*answer{}} }

// once carries a form out once. It goes outside of whatever writes the session
// cookie, which is part of the answer.
func (a *answers) once(k *Kit, next http.Handler) http.Handler {
	return k.Handle(func(w http.ResponseWriter, r *http.Request) error {
		key, ok := formKey(r)
		if !ok {
			next.ServeHTTP(w, r)
			return nil
		}
		made, first := a.claim(key)
		if made == nil {
			next.ServeHTTP(w, r)
			return nil
		}
		if first {
			a.make(key, made, w, r, next)
			return nil
		}
		select {
		case <-made.done:
			made.repeat(w)
			return nil
		case <-r.Context().Done():
			return &Error{Status: http.StatusServiceUnavailable, Err: errStillMade, RetryAfter: RetryBusy}
		}
	})
}

var errStillMade = errors.New("the same form is still being carried out")

// formKey tells one sent form from all others: by its path and by every field,
// the id and a password included. ok is false for anything but a form with an id.
func formKey(r *http.Request) (key [sha256.Size]byte, ok bool) {
	b := boundsOf(r.Context())
	if r.Method != http.MethodPost || !isForm(r) || !b.whole {
		return key, false
	}
	fields, err := url.ParseQuery(string(b.read))
	if err != nil || len(fields.Get(formID)) != formIDLength {
		return key, false
	}
	return sha256.Sum256(append([]byte(r.URL.Path+"\n"), b.read...)), true
}

// claim returns the answer of a form, and whether the caller is the first who
// asks and has to make it. nil when too many are remembered.
func (a *answers) claim(key [sha256.Size]byte) (made *answer, first bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if made := a.known[key]; made != nil && (made.expires.IsZero() || time.Now().Before(made.expires)) {
		return made, false
	}
	if len(a.known) >= mostAnswers {
		maps.DeleteFunc(a.known, func(_ [sha256.Size]byte, old *answer) bool {
			return !old.expires.IsZero() && time.Now().After(old.expires)
		})
	}
	if len(a.known) >= mostAnswers {
		return nil, false
	}
	made = &answer{done: make(chan struct{})}
	a.known[key] = made
	return made, true
}

// make has the handler answer, keeps the answer, and sends it.
func (a *answers) make(key [sha256.Size]byte, made *answer, w http.ResponseWriter, r *http.Request, next http.Handler) {
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		made.expires = time.Now().Add(rememberFor)
		if made.status == 0 || made.status >= 500 { // what failed may be tried again
			delete(a.known, key)
		}
		close(made.done)
	}()
	next.ServeHTTP(made.keptBy(w), r)
}

// repeat sends the answer once more.
func (m *answer) repeat(w http.ResponseWriter) {
	if m.status == 0 {
		panic(http.ErrAbortHandler) // the first request has no answer either
	}
	id := w.Header().Get("X-Request-Id")
	clear(w.Header())
	maps.Copy(w.Header(), m.header)
	w.Header().Set("X-Request-Id", id)
	w.WriteHeader(m.status)
	w.Write(m.body) // an error means the reader is gone
}

// keptBy is a writer that keeps what is sent through it. A handler that takes the
// connection over has no answer that could be kept.
func (m *answer) keptBy(w http.ResponseWriter) http.ResponseWriter {
	return httpsnoop.Wrap(w, httpsnoop.Hooks{
		WriteHeader: func(next httpsnoop.WriteHeaderFunc) httpsnoop.WriteHeaderFunc {
			return func(status int) { m.keepHead(w, status); next(status) }
		},
		Write: func(next httpsnoop.WriteFunc) httpsnoop.WriteFunc {
			return func(b []byte) (int, error) { m.keep(w, b); return next(b) }
		},
		WriteString: func(next httpsnoop.WriteStringFunc) httpsnoop.WriteStringFunc {
			return func(text string) (int, error) { m.keep(w, []byte(text)); return next(text) }
		},
		ReadFrom: func(next httpsnoop.ReadFromFunc) httpsnoop.ReadFromFunc {
			return func(src io.Reader) (int64, error) { return next(io.TeeReader(src, keeper{m, w})) }
		},
	})
}

func (m *answer) keepHead(w http.ResponseWriter, status int) {
	if m.status == 0 && isFinal(status) {
		m.status, m.header = status, w.Header().Clone()
	}
}

func (m *answer) keep(w http.ResponseWriter, b []byte) {
	m.keepHead(w, http.StatusOK)
	m.body = append(m.body, b...)
}

// keeper keeps what is written to it.
type keeper struct {
	answer *answer
	w      http.ResponseWriter
}

// Write implements io.Writer.
func (k keeper) Write(b []byte) (int, error) { k.answer.keep(k.w, b); return len(b), nil }
