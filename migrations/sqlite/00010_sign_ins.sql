-- Times are milliseconds since 1970.

-- +goose Up
-- The last sign-ins of each user, and the last failures, for their own eyes.
CREATE TABLE sign_ins (
    id         INTEGER PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    failed     INTEGER NOT NULL,
    times      INTEGER NOT NULL, -- failures from one address are counted
    method     TEXT NOT NULL,
    ip         TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    known      INTEGER NOT NULL  -- the browser had signed in to this account before
) STRICT;

CREATE INDEX sign_ins_user_id_at ON sign_ins (user_id, failed, at DESC, id DESC);

-- +goose Down
DROP TABLE sign_ins;
