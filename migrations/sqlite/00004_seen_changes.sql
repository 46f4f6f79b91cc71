-- What an operator changes by hand is seen as soon as what the program changes:
-- every process asks every other second which users have a new updated_at and
-- which sessions a new ended_at. Times are milliseconds since 1970.

-- +goose Up
-- The program always writes updated_at. A change that leaves it as it is comes
-- from elsewhere. A new password hash is no news to a session.
-- +goose StatementBegin
CREATE TRIGGER users_changed AFTER UPDATE ON users FOR EACH ROW
    WHEN NEW.updated_at = OLD.updated_at
        AND (NEW.email, NEW.name, NEW.image, NEW.profile, NEW.email_verified_at, NEW.disabled_at, NEW.max_sessions)
        IS NOT (OLD.email, OLD.name, OLD.image, OLD.profile, OLD.email_verified_at, OLD.disabled_at, OLD.max_sessions)
BEGIN
    UPDATE users SET updated_at = max(CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), OLD.updated_at + 1) WHERE id = NEW.id;
END;
-- +goose StatementEnd

-- A user who is deleted leaves ended sessions behind, not lost ones, also in a
-- shell that does not enforce foreign keys.
-- +goose StatementBegin
CREATE TRIGGER users_deleted BEFORE DELETE ON users FOR EACH ROW
BEGIN
    UPDATE sessions SET ended_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), end_reason = 'deleted'
    WHERE user_id = OLD.id AND ended_at IS NULL;
    UPDATE sessions SET user_id = NULL WHERE user_id = OLD.id;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER users_deleted;
DROP TRIGGER users_changed;
