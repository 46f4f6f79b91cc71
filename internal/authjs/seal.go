package authjs

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	jose "github.com/go-jose/go-jose/v4/cipher"
)

// MaxTokenLength is the longest token, in characters, that fits the cookies of a session.
const MaxTokenLength = MaxChunks * ChunkSize

var (
	// ErrInvalid is any refusal except expiry. The reason that is wrapped around it never
	// quotes the token.
	ErrInvalid = errors.New("invalid token")
	// ErrNotYet is the ErrInvalid of a good token that is from the future: the clock of
	// this instance or of the one that made it is off by more than Leeway. It may be good
	// later.
	ErrNotYet = fmt.Errorf("%w: not valid yet", ErrInvalid)
	// ErrExpired is a token that is well made and ours, but past its end and the leeway.
	ErrExpired = errors.New("expired token")
	// ErrTooLarge is a token longer than MaxTokenLength: its claims or its payload are too
	// long.
	ErrTooLarge = errors.New("token too large")
)

// Sealer encrypts and authenticates payloads of one purpose: the claims of a session, the
// state of a sign-in at another site, a link in a mail. A value that was sealed for one
// purpose does not open under another (ASVS 11.1.2). It is safe for concurrent use. The
// zero Sealer holds no key: it opens nothing and must not be used to seal.
//
// A sealed value opens for as long as its secret is in use. Put an end into the payload,
// and for use in one browser only, what binds it to that browser.
type Sealer struct {
	own  string                 // the protected header of the key that seals, as it stands in a token
	keys map[string]cipher.AEAD // by the protected header that announces the key
}

// NewSealer returns the sealer of a purpose. For a value in a cookie that is the cookie's
// name, as in Auth.js: "authjs.state", "authjs.pkce.code_verifier", "authjs.nonce". The
// first secret encrypts and all of them decrypt, so a secret is rotated by putting the new
// one in front. No secret, an empty secret or an empty purpose is an error.
func NewSealer(purpose string, secrets ...string) (*Sealer, error) {
	s, err := newSealer(purpose, secrets)
	if err != nil {
		return nil, fmt.Errorf("authjs: new sealer: %w", err)
	}
	return &s, nil
}

func newSealer(purpose string, secrets []string) (Sealer, error) {
	if len(secrets) == 0 {
		return Sealer{}, errors.New("no secret")
	}
	s := Sealer{keys: make(map[string]cipher.AEAD, len(secrets))}
	for _, secret := range secrets {
		key, err := DeriveKey(secret, purpose)
		if err != nil {
			return Sealer{}, err
		}
		head := header(KeyID(key))
		if s.keys[head], err = jose.NewCBCHMAC(key[:], aes.NewCipher); err != nil {
			return Sealer{}, err
		}
		if s.own == "" {
			s.own = head
		}
	}
	return s, nil
}

// header is the first part of every token made with the key called kid. Auth.js writes
// these three fields and no other.
func header(kid string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"dir","enc":"A256CBC-HS512","kid":"` + kid + `"}`))
}

// Seal returns the payload as a compact JWE (RFC 7516), whose characters need no escape in
// a cookie, an address or a header. A payload that needs more than MaxTokenLength
// characters, which is about 11,000 bytes, is an ErrTooLarge.
func (s *Sealer) Seal(payload []byte) (string, error) {
	token, err := s.seal(payload)
	if err != nil {
		return "", fmt.Errorf("authjs: seal: %w", err)
	}
	return token, nil
}

func (s *Sealer) seal(payload []byte) (string, error) {
	iv := make([]byte, aes.BlockSize)
	rand.Read(iv) // never fails: crypto/rand aborts the program instead
	sealed := s.keys[s.own].Seal(nil, iv, payload, []byte(s.own))
	text, end := base64.RawURLEncoding.EncodeToString, len(sealed)-tagSize
	token := s.own + ".." + text(iv) + "." + text(sealed[:end]) + "." + text(sealed[end:])
	// Refused here rather than cut later: half a token is no token.
	if len(token) > MaxTokenLength {
		return "", fmt.Errorf("%w: %d characters, and at most %d fit", ErrTooLarge, len(token), MaxTokenLength)
	}
	return token, nil
}

// Open returns the payload of a value that Seal, or Auth.js, has made for this purpose with
// one of our secrets. Every refusal is an ErrInvalid; no input makes it panic.
func (s *Sealer) Open(sealed string) ([]byte, error) {
	payload, err := s.open(sealed)
	if err != nil {
		return nil, fmt.Errorf("authjs: open: %w", err)
	}
	return payload, nil
}

// The lengths of a 16-byte IV and a 32-byte tag in base64url, in characters, and of the tag in
// bytes (RFC 7518 §5.2.5).
const ivLength, tagLength, tagSize = 22, 43, 32

// open decrypts a token that is spelled exactly as we and Auth.js spell it. The
// cheap checks come first.
func (s *Sealer) open(token string) ([]byte, error) {
	// Before anything is split or decoded, since a request may carry a megabyte.
	if len(token) > MaxTokenLength {
		return nil, invalid("too long")
	}
	// Five parts are a compact JWE; three are a signed token, and the JSON form has other
	// ways to be misread.
	parts := strings.SplitN(token, ".", 6)
	if len(parts) != 5 {
		return nil, invalid("not five parts")
	}
	// The whole header is the name of the key. Nothing in it is interpreted, so there is
	// no algorithm to choose, no compression to switch on, no critical extension to
	// overlook (RFC 8725 §3.1), and a kid is never more than a key of this map.
	key, ours := s.keys[parts[0]]
	if !ours {
		return nil, invalid("the header names no key of ours")
	}
	// Under "dir" there is no encrypted key.
	if parts[1] != "" || len(parts[2]) != ivLength || len(parts[4]) != tagLength {
		return nil, invalid("a part has the wrong length")
	}
	var sealed [3][]byte // iv, ciphertext, tag
	for i, part := range parts[2:] {
		var err error
		if sealed[i], err = canonical(part); err != nil {
			return nil, invalid("not in canonical form")
		}
	}
	payload, err := key.Open(nil, sealed[0], append(sealed[1], sealed[2]...), []byte(parts[0]))
	if err != nil {
		return nil, invalid("does not decrypt")
	}
	return payload, nil
}

// canonical decodes base64url in its one spelling. Decoders skip line breaks, and spare bits
// unless they are told to look, which would give one token many spellings: a list of
// blocked tokens would miss all but one.
func canonical(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, base64.CorruptInputError(strings.IndexAny(text, "\r\n"))
	}
	return base64.RawURLEncoding.Strict().DecodeString(text)
}

// invalid is ErrInvalid with a reason of fixed text: errors of the parsers below quote
// their input, and it ends in logs.
func invalid(reason string) error { return fmt.Errorf("%w: %s", ErrInvalid, reason) }
