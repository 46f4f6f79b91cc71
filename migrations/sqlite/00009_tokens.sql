-- Times are milliseconds since 1970.

-- +goose Up
-- What a link in a mail carries. A row goes when it is spent; a change of the user's
-- password or address takes all of theirs.
CREATE TABLE tokens (
    hash       BLOB NOT NULL PRIMARY KEY, -- SHA-256 of 256 random bits
    purpose    TEXT NOT NULL,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email      TEXT NOT NULL,             -- the address that it was sent to
    data       TEXT NOT NULL,             -- what else its purpose needs
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX tokens_user_id ON tokens (user_id);
CREATE INDEX tokens_expires_at ON tokens (expires_at ASC);

-- +goose Down
DROP TABLE tokens;
