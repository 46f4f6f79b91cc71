-- +goose Up
-- Mail that waits to be sent. A row goes when its mail has gone, or is given up.
CREATE TABLE outbox (
    id         text PRIMARY KEY,
    recipient  text NOT NULL,
    sealed     text NOT NULL,        -- the message, encrypted: it may hold a link that signs in
    created_at timestamptz NOT NULL,
    next_try   timestamptz,          -- NULL = never: it is there to be looked at, in development
    tries      integer NOT NULL      -- that have failed
);

CREATE INDEX outbox_next_try ON outbox (next_try ASC);
CREATE INDEX outbox_created_at ON outbox (created_at ASC);

-- +goose Down
DROP TABLE outbox;
