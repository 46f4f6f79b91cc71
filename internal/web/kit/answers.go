package kit

import (
	"encoding/json"
	"maps"
	"net/http"
)

// Private keeps an answer out of every cache (ASVS 14.3.2).
func Private(h http.Header) {
	h.Set("Cache-Control", "private, no-store")
	h.Set("Vary", "Cookie")
}

// NoStore marks the answers that a client polls or must have fresh, as Auth.js
// does.
func NoStore(h http.Header) { maps.Copy(h, noStore) }

// noStore is shared by all answers: a handler sets another value, and changes none.
var noStore = http.Header{
	"Cache-Control": {"private, no-cache, no-store"},
	"Expires":       {"0"},
	"Pragma":        {"no-cache"},
	"Vary":          {"Cookie"},
}

// WriteJSON answers with v. An error means that v cannot be JSON.
func WriteJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return writeJSON(w, status, v)
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.WriteHeader(status)
	w.Write(body) // an error means the reader is gone
	return nil
}
