-- +goose Up
-- What a link in a mail carries. A row goes when it is spent; a change of the user's
-- password or address takes all of theirs.
CREATE TABLE tokens (
    hash       bytea PRIMARY KEY,   -- SHA-256 of 256 random bits
    purpose    text NOT NULL,
    user_id    text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email      text NOT NULL,       -- the address that it was sent to
    data       text NOT NULL,       -- what else its purpose needs
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX tokens_user_id ON tokens (user_id);
CREATE INDEX tokens_expires_at ON tokens (expires_at ASC);

-- +goose Down
DROP TABLE tokens;
