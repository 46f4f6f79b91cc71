package auth

import "log/slog"

// The names of security events are those of the OWASP Logging Vocabulary. The
// document on operations says when each occurs; a test holds that table and this list
// against each other.
const (
	EventLoginSuccess   = "authn_login_success"
	EventLoginFail      = "authn_login_fail"
	EventPasswordChange = "authn_password_change"
	EventTokenCreated   = "authn_token_created"
	EventTokenRevoked   = "authn_token_revoked"
	EventTokenReuse     = "authn_token_reuse"

	EventAuthzFail   = "authz_fail"
	EventAuthzChange = "authz_change"

	EventRateLimit   = "excess_rate_limit_exceeded"
	EventInputFail   = "input_validation_fail"
	EventForeignSite = "malicious_cors"
	EventDataRead    = "sensitive_read"

	EventSessionCreated        = "session_created"
	EventSessionExpired        = "session_expired"
	EventSessionUseAfterExpire = "session_use_after_expire"

	EventStartup  = "sys_startup"
	EventShutdown = "sys_shutdown"
	EventCrash    = "sys_crash"

	EventUserCreated = "user_created"
	EventUserUpdated = "user_updated"
	EventUserDeleted = "user_deleted"
)

// warnings are the events that an operator may want to hear of. The vocabulary calls more
// of them warnings, and some critical, such as the use of an expired session: that happens
// whenever somebody opens a laptop.
var warnings = map[string]bool{
	EventLoginFail: true, EventTokenReuse: true, EventAuthzFail: true, EventAuthzChange: true,
	EventRateLimit: true, EventInputFail: true, EventForeignSite: true, EventCrash: true,
}

func levelOf(event string) slog.Level {
	if warnings[event] {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
