package kit

import (
	"bytes"
	"crypto/sha256"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"sync"
	"time"
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
func (a *answers) once(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, ok := formKey(r)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		made, first := a.claim(key)
		if made == nil {
			next.ServeHTTP(w, r)
			return
		}
		if first {
			a.make(key, made, w, r, next)
			return
		}
		select {
		case <-made.done:
			made.repeat(w)
		case <-r.Context().Done():
		}
	})
}

// formKey tells one sent form from all others: by its path and by every field,
// the id and a password included. ok is false for anything but a form with an id.
func formKey(r *http.Request) (key [sha256.Size]byte, ok bool) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || kind != "application/x-www-form-urlencoded" {
		return key, false
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err})) // the handler meets the error where it is
	if err != nil {
		return key, false
	}
	fields, err := url.ParseQuery(string(body))
	if err != nil || len(fields.Get(formID)) != formIDLength {
		return key, false
	}
	return sha256.Sum256(append([]byte(r.URL.Path+"\n"), body...)), true
}

// failing is the end of a body that could not be read whole.
type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
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
	keeper := &keeper{ResponseWriter: w, answer: made}
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		made.expires = time.Now().Add(rememberFor)
		if made.status == 0 || made.status >= 500 { // what failed may be tried again
			delete(a.known, key)
		}
		close(made.done)
	}()
	next.ServeHTTP(keeper, r)
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

// keeper keeps what is sent through it.
type keeper struct {
	http.ResponseWriter
	answer *answer
}

// WriteHeader implements http.ResponseWriter.
func (k *keeper) WriteHeader(status int) {
	if k.answer.status == 0 && status >= 200 {
		k.answer.status, k.answer.header = status, k.Header().Clone()
	}
	k.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (k *keeper) Write(b []byte) (int, error) {
	if k.answer.status == 0 {
		k.WriteHeader(http.StatusOK)
	}
	k.answer.body = append(k.answer.body, b...)
	return k.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer below.
func (k *keeper) Unwrap() http.ResponseWriter { return k.ResponseWriter }
