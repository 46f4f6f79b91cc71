-- Times are milliseconds since 1970.

-- +goose Up
-- Mail that waits to be sent. A row goes when its mail has gone, or is given up.
CREATE TABLE outbox (
    id         TEXT NOT NULL PRIMARY KEY,
    recipient  TEXT NOT NULL,
    sealed     TEXT NOT NULL,    -- the message, encrypted: it may hold a link that signs in
    created_at INTEGER NOT NULL,
    next_try   INTEGER,          -- NULL = never: it is there to be looked at, in development
    tries      INTEGER NOT NULL  -- that have failed
) STRICT;

CREATE INDEX outbox_next_try ON outbox (next_try ASC);
CREATE INDEX outbox_created_at ON outbox (created_at ASC);

-- +goose Down
DROP TABLE outbox;
