-- +goose Up
-- How the user proved who they are (RFC 8176). Sessions from before this column
-- began with a password. An older release that still runs leaves it out.
ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'pwd';

-- +goose Down
ALTER TABLE sessions DROP COLUMN method;
