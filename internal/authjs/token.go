package authjs

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
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
	// ErrTooLarge is a token longer than MaxTokenLength: too many claims were put into it.
	ErrTooLarge = errors.New("token too large")
)

// Codec makes and reads the tokens of one purpose. Its keys are derived once, by
// NewCodec; after that it is safe for concurrent use. The zero Codec holds no key: it
// reads no token and must not be used to make one.
type Codec struct {
	encrypter jose.Encrypter
	keys      map[string][]byte // by the protected header that announces the key, as it stands in a token
}

// NewCodec returns the codec of the tokens that travel in the cookie named salt. The
// first secret encrypts and all of them decrypt, so a secret is rotated by putting the
// new one in front. No secret, an empty secret or an empty salt is an error.
func NewCodec(salt string, secrets ...string) (*Codec, error) {
	if len(secrets) == 0 {
		return nil, errors.New("authjs: new codec: no secret")
	}
	c := &Codec{keys: make(map[string][]byte, len(secrets))}
	for _, secret := range secrets {
		key, err := DeriveKey(secret, salt)
		if err != nil {
			return nil, fmt.Errorf("authjs: new codec: %w", err)
		}
		c.keys[header(KeyID(key))] = key[:]
		if c.encrypter != nil {
			continue
		}
		if c.encrypter, err = newEncrypter(key); err != nil {
			return nil, fmt.Errorf("authjs: new codec: %w", err)
		}
	}
	return c, nil
}

func newEncrypter(key [KeySize]byte) (jose.Encrypter, error) {
	to := jose.Recipient{Algorithm: jose.DIRECT, Key: key[:], KeyID: KeyID(key)}
	return jose.NewEncrypter(jose.A256CBC_HS512, to, nil)
}

// header is the first part of every token made with the key called kid. Auth.js writes
// these three fields and no other.
func header(kid string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"dir","enc":"A256CBC-HS512","kid":"` + kid + `"}`))
}

// Encode returns the token that carries the claims, with a random ID when they have none.
// Claims that Decode would not accept, because they lack sub, sid or exp or hold an
// impossible date, are an ErrInvalid; claims that need more than MaxTokenLength
// characters are an ErrTooLarge.
func (c *Codec) Encode(claims Claims) (string, error) {
	if claims.ID == "" {
		claims.ID = newID()
	}
	if err := claims.complete(); err != nil {
		return "", fmt.Errorf("authjs: encode: %w", err)
	}
	payload, err := claims.marshal()
	if err != nil {
		return "", fmt.Errorf("authjs: encode: %w", err)
	}
	sealed, err := c.encrypter.Encrypt(payload)
	if err != nil {
		return "", fmt.Errorf("authjs: encode: %w", err)
	}
	token, err := sealed.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("authjs: encode: %w", err)
	}
	// Refused here rather than cut later: half a token is no token.
	if len(token) > MaxTokenLength {
		return "", fmt.Errorf("authjs: encode: %w", ErrTooLarge)
	}
	return token, nil
}

// Decode returns the claims of a token of ours that may be believed at the time now.
// Every refusal is an ErrExpired or an ErrInvalid and comes with empty claims; no input
// makes it panic.
func (c *Codec) Decode(token string, now time.Time) (Claims, error) {
	payload, err := c.open(token)
	if err != nil {
		return Claims{}, fmt.Errorf("authjs: decode: %w", err)
	}
	claims, err := parseClaims(payload)
	if err != nil {
		return Claims{}, fmt.Errorf("authjs: decode: %w", err)
	}
	if err := claims.accept(now); err != nil {
		return Claims{}, fmt.Errorf("authjs: decode: %w", err)
	}
	return claims, nil
}

// The lengths, in characters, of a 16-byte IV and a 32-byte tag in base64url (RFC 7518 §5.2.5).
const ivLength, tagLength = 22, 43

// open decrypts a token that is spelled exactly as we and Auth.js spell it. The
// cheap checks come first.
func (c *Codec) open(token string) ([]byte, error) {
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
	key, ours := c.keys[parts[0]]
	if !ours {
		return nil, invalid("the header names no key of ours")
	}
	// go-jose ignores an encrypted key under "dir", and reads a tag that begins with the
	// end of the ciphertext.
	if parts[1] != "" || len(parts[2]) != ivLength || len(parts[4]) != tagLength {
		return nil, invalid("a part has the wrong length")
	}
	sealed, err := jose.ParseEncryptedCompact(token, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256CBC_HS512})
	if err != nil {
		return nil, invalid("malformed")
	}
	// base64 decoders skip line breaks and spare bits, which would give one token many
	// spellings: a list of blocked tokens would miss all but one.
	if canonical, err := sealed.CompactSerialize(); err != nil || canonical != token {
		return nil, invalid("not in canonical form")
	}
	payload, err := sealed.Decrypt(key)
	if err != nil {
		return nil, invalid("does not decrypt")
	}
	return payload, nil
}

// invalid is ErrInvalid with a reason of fixed text: errors of the parsers below quote
// their input, and it ends in logs.
func invalid(reason string) error { return fmt.Errorf("%w: %s", ErrInvalid, reason) }
