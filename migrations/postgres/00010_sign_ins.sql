-- +goose Up
-- The last sign-ins of each user, and the last failures, for their own eyes.
CREATE TABLE sign_ins (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    at         timestamptz NOT NULL,
    failed     boolean NOT NULL,
    times      integer NOT NULL,  -- failures from one address are counted
    method     text NOT NULL,
    ip         text NOT NULL,
    user_agent text NOT NULL,
    known      boolean NOT NULL   -- the browser had signed in to this account before
);

CREATE INDEX sign_ins_user_id_at ON sign_ins (user_id, failed, at DESC, id DESC);

-- +goose Down
DROP TABLE sign_ins;
