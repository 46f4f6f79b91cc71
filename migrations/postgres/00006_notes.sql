-- +goose Up
CREATE TABLE notes (
    id         text PRIMARY KEY,
    user_id    text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title      text NOT NULL,
    body       text NOT NULL,
    version    integer NOT NULL,      -- counts the changes, so that two of them at once are noticed
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- For a user's notes, the latest first.
CREATE INDEX notes_user_id_updated_at ON notes (user_id, updated_at DESC, id DESC);

-- +goose Down
DROP TABLE notes;
