-- Times are milliseconds since 1970.

-- +goose Up
CREATE TABLE users (
    id                TEXT NOT NULL PRIMARY KEY,
    email             TEXT NOT NULL UNIQUE, -- canonical: the program lowers its case
    name              TEXT NOT NULL,
    image             TEXT NOT NULL,
    profile           TEXT NOT NULL,        -- what the project adds to a user: auth.Profile, as JSON
    password_hash     TEXT,                 -- NULL = has no password
    email_verified_at INTEGER,              -- NULL = not verified
    disabled_at       INTEGER,              -- NULL = may sign in
    max_sessions      INTEGER CHECK (max_sessions >= 0), -- NULL = the site's limit, 0 = no limit
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL
) STRICT;

-- For "whose data changed recently?", which every instance asks every other second.
CREATE INDEX users_updated_at ON users (updated_at ASC);

-- +goose Down
DROP TABLE users;
