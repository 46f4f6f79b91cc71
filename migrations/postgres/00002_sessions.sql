-- +goose Up
CREATE TABLE sessions (
    id                  text PRIMARY KEY,
    user_id             text REFERENCES users (id) ON DELETE SET NULL, -- an ended row outlives its user
    token_hash          bytea CONSTRAINT sessions_token_hash_key UNIQUE, -- NULL = the cookie has always been a JWT
    created_at          timestamptz NOT NULL,
    authenticated_at    timestamptz NOT NULL,
    last_seen_at        timestamptz NOT NULL,
    expires_at          timestamptz NOT NULL,
    absolute_expires_at timestamptz NOT NULL,
    ended_at            timestamptz,                                   -- NULL = has not ended
    end_reason          text,
    ip                  text NOT NULL,
    user_agent          text NOT NULL,
    CONSTRAINT sessions_end_has_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) WITH (fillfactor = 80);

-- No index may hold last_seen_at or expires_at: a renewal then rewrites the row
-- in its own page (a HOT update) and touches no index. The spare fifth of every
-- page, from fillfactor, is the room for it.
-- Indexes that are scanned by range say ASC: there are engines that otherwise spread
-- an index by hash.
CREATE INDEX sessions_user_id ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_ended_at ON sessions (ended_at ASC) WHERE ended_at IS NOT NULL;
CREATE INDEX sessions_absolute_expires_at ON sessions (absolute_expires_at ASC);

-- +goose Down
DROP TABLE sessions;
