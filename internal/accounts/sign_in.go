package accounts

import (
	"context"
	"time"

	"latchkey/internal/auth"
)

// PurposeNotice is for a user who did not sign in when we told them that they did.
const PurposeNotice Purpose = "notice"

// NoticeLife is how long the link in such a mail works.
const NoticeLife = 7 * 24 * time.Hour

// Begin is the way in of a user who has proved who they are: a session, which their history
// tells of. Errors are those of auth.Service.Begin.
func (s *Service) Begin(ctx context.Context, login auth.Login) (auth.Issued, error) {
	issued, err := s.cfg.Sessions.Begin(ctx, login)
	if err != nil {
		return auth.Issued{}, err
	}
	return s.noted(ctx, issued)
}

// Confirm is auth.Service.Confirm for a user, and likewise.
func (s *Service) Confirm(ctx context.Context, confirmation, end string, login auth.Login) (auth.Issued, error) {
	issued, err := s.cfg.Sessions.Confirm(ctx, confirmation, end, login)
	if err != nil {
		return auth.Issued{}, err
	}
	return s.noted(ctx, issued)
}

// noted writes a sign-in down before its browser gets the cookie, and tells the user if
// that browser is new. A session that cannot be written down ends: nobody comes in without
// its user being told.
func (s *Service) noted(ctx context.Context, issued auth.Issued) (auth.Issued, error) {
	if s.cfg.History == nil {
		return issued, nil
	}
	session := issued.Session
	in := SignIn{
		At: session.CreatedAt, Times: 1, Method: session.Method, IP: session.IP, UserAgent: session.UserAgent,
		Known: clientOf(ctx, session.User.Email).Device != "",
	}
	var notice *Letter
	var err error
	if !in.Known {
		notice, err = s.notice(session)
	}
	if err == nil {
		err = s.cfg.History.AddSignIn(ctx, session.User.ID, in, notice)
	}
	if err == nil {
		return issued, nil
	}
	if _, endErr := s.cfg.Sessions.End(ctx, auth.Selector{UserID: session.User.ID, SessionID: session.ID}, auth.ReasonSignedOut); endErr != nil {
		s.cfg.Log.WarnContext(ctx, "a session that no browser holds has not ended; it expires by itself", "user", session.User.ID, "error", endErr)
	}
	return auth.Issued{}, wrap("note the sign-in", err)
}

// notice is the mail to the user of a session in a browser that is new to their account.
func (s *Service) notice(session auth.Session) (*Letter, error) {
	token, secret := s.newToken(PurposeNotice, session.User.ID, session.User.Email, session.ID, NoticeLife)
	letter, err := s.letter(session.User.Email, newBrowserWords(s.cfg.SiteName, session, s.page("/signin/notice", secret)), token)
	return &letter, err
}

// DenySignIn is for a user who says that a sign-in was not theirs: whoever it was knows the
// password. That ends, and so do all sessions. The secret that it returns lets the user
// choose another password; the same is in a mail. ErrToken if the link cannot be used.
func (s *Service) DenySignIn(ctx context.Context, secret string) (resetSecret string, err error) {
	u, err := s.spend(ctx, PurposeNotice, secret, func(u auth.User) (Change, error) {
		var reset *Token
		reset, resetSecret = s.newToken(PurposeReset, u.ID, u.Email, "", ResetLife)
		letter, err := s.letter(u.Email, resetWords(s.cfg.SiteName, s.page("/reset", resetSecret)), reset)
		return Change{NoPassword: true, End: auth.ReasonEverywhere, Letters: []Letter{letter}}, err
	})
	if err != nil {
		return "", err
	}
	s.record(ctx, auth.EventUserUpdated, u.ID, "", "change", "sign_in_denied")
	return resetSecret, nil
}

// SignIns are the last sign-ins of a user, and the last failures; nil = none are kept.
func (s *Service) SignIns(ctx context.Context, userID string) (signIns, failures []SignIn, err error) {
	if s.cfg.History == nil {
		return nil, nil, nil
	}
	list, err := s.cfg.History.SignIns(ctx, userID)
	for _, in := range list {
		if in.Failed {
			failures = append(failures, in)
		} else {
			signIns = append(signIns, in)
		}
	}
	return signIns, failures, wrap("list sign-ins", err)
}
