-- Times are milliseconds since 1970.

-- +goose Up
CREATE TABLE notes (
    id         TEXT NOT NULL PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title      TEXT NOT NULL,
    body       TEXT NOT NULL,
    version    INTEGER NOT NULL,     -- counts the changes, so that two of them at once are noticed
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- For a user's notes, the latest first.
CREATE INDEX notes_user_id_updated_at ON notes (user_id, updated_at DESC, id DESC);

-- +goose Down
DROP TABLE notes;
