-- Times are milliseconds since 1970.

-- +goose Up
CREATE TABLE sessions (
    id                  TEXT NOT NULL PRIMARY KEY,
    user_id             TEXT REFERENCES users (id) ON DELETE SET NULL, -- an ended row outlives its user
    token_hash          BLOB UNIQUE,                                   -- NULL = the cookie has always been a JWT
    created_at          INTEGER NOT NULL,
    authenticated_at    INTEGER NOT NULL,
    last_seen_at        INTEGER NOT NULL,
    expires_at          INTEGER NOT NULL,
    absolute_expires_at INTEGER NOT NULL,
    ended_at            INTEGER,                                       -- NULL = has not ended
    end_reason          TEXT,
    ip                  TEXT NOT NULL,
    user_agent          TEXT NOT NULL,
    CONSTRAINT sessions_end_has_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;

CREATE INDEX sessions_user_id ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_ended_at ON sessions (ended_at ASC) WHERE ended_at IS NOT NULL;
CREATE INDEX sessions_absolute_expires_at ON sessions (absolute_expires_at ASC);

-- +goose Down
DROP TABLE sessions;
