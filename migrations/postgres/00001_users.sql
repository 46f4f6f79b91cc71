-- +goose Up
CREATE TABLE users (
    id                text PRIMARY KEY,
    email             text NOT NULL CONSTRAINT users_email_key UNIQUE, -- canonical: the program lowers its case
    name              text NOT NULL,
    image             text NOT NULL,
    profile           jsonb NOT NULL,                                  -- what the project adds to a user: auth.Profile
    password_hash     text,                                            -- NULL = has no password
    email_verified_at timestamptz,                                     -- NULL = not verified
    disabled_at       timestamptz,                                     -- NULL = may sign in
    max_sessions      integer CHECK (max_sessions >= 0),               -- NULL = the site's limit, 0 = no limit
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL
);

-- For "whose data changed recently?", which every instance asks every other second.
CREATE INDEX users_updated_at ON users (updated_at ASC);

-- +goose Down
DROP TABLE users;
