package auth

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// confirmation says that this user proved who they are less than two minutes
// ago, and names the very set of sessions that were in the way. Using it ends at
// least one of them, so the set is never the same again and the confirmation
// cannot be used twice: no table of used ones is needed. The set is compared
// under the user's row lock, where it stands still.
type confirmation struct {
	userID     string
	method     Method
	credential string // of the user, as it was verified; "" = no password was
	sessions   string // the fingerprint of the sessions in the way
}

// confirmations signs and reads them, so that a lost phone does not lock its
// owner out under the deny policy.
type confirmations struct{ signer signer }

const confirmationLife = 2 * time.Minute

func newConfirmations(secrets []string) (confirmations, error) {
	signer, err := newSigner("session limit confirmation", secrets)
	return confirmations{signer}, err
}

// mint writes user, method, credential, expiry, fingerprint and MAC, with dots between.
func (c confirmations) mint(said confirmation, now time.Time) string {
	expires := strconv.FormatInt(now.Add(confirmationLife).Unix(), 10)
	return c.signer.sign(strings.Join([]string{said.userID, string(said.method), said.credential, expires, said.sessions}, "."))
}

// open reads a confirmation. ErrConfirmation if it is not ours or too old; that
// is known without the database.
func (c confirmations) open(text string, now time.Time) (confirmation, error) {
	payload, ok := c.signer.verify(text)
	parts := strings.Split(payload, ".")
	if !ok || len(parts) != 5 {
		return confirmation{}, ErrConfirmation
	}
	expires, err := strconv.ParseInt(parts[3], 10, 64)
	if err != nil || now.Unix() >= expires {
		return confirmation{}, ErrConfirmation
	}
	return confirmation{parts[0], Method(parts[1]), parts[2], parts[4]}, nil
}

// fingerprint is the same for the same sessions in any order.
func fingerprint(sessions []Session) string {
	ids := make([]string, len(sessions))
	for i, s := range sessions {
		ids[i] = s.ID
	}
	slices.Sort(ids)
	return fmt.Sprintf("%x", hashToken(strings.Join(ids, "\n")))
}
