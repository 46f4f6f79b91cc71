package mail

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// judge says what an error of the library is about: this mail alone, or the server.
func judge(server Server, err error, to string) error {
	said := fmt.Errorf("the mail server %s: %s", server, clean(server, err, to))
	refusal, ok := errors.AsType[*gomail.SendError](err)
	if !ok || !isAnswer(refusal.ErrorCode()) {
		return said
	}
	return &Failure{Permanent: isFinal(refusal), Err: said}
}

// isAnswer reports a reply code that is about a mail. Others say that the server is about
// to close (421) or wants a password first (530), or there was no answer at all (0).
func isAnswer(code int) bool { return code != 0 && code != 421 && code != 530 }

// isFinal reports a refusal of this reader or this content (RFC 5321 §4.2.1). What the
// server has against the sender, or by its policy (X.7.X of RFC 3463), such as not
// relaying for us, is for the operator to put right: that mail waits.
func isFinal(refusal *gomail.SendError) bool {
	switch refusal.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		return refusal.ErrorCode() >= 500 && !strings.HasPrefix(refusal.EnhancedStatusCode(), "5.7.")
	}
	return false
}

// clean is an error in one line, without the reader's address, which has no place in a
// log, and without the password, which a server might repeat.
func clean(server Server, err error, to string) string {
	text, _, _ := strings.Cut(err.Error(), ", affected recipient(s): ")
	text, _, _ = strings.Cut(text, ", affected message ID: ")
	secrets := []string{to, server.Password, "\x00" + server.User + "\x00" + server.Password}
	for _, secret := range secrets {
		if strings.Trim(secret, "\x00") != "" {
			text = strings.ReplaceAll(text, secret, "…")
			text = strings.ReplaceAll(text, base64.StdEncoding.EncodeToString([]byte(secret)), "…")
		}
	}
	return oneLine(text)
}
