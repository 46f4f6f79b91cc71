-- Times are milliseconds since 1970.

-- +goose Up
-- What was tried lately, a bucket a row. A row that is full again can go.
CREATE TABLE rate_limits (
    key     TEXT NOT NULL PRIMARY KEY, -- what is counted, as a hash: nobody reads here who tried what
    full_at INTEGER NOT NULL           -- when the bucket is full again
) STRICT;

CREATE INDEX rate_limits_full_at ON rate_limits (full_at ASC);

-- +goose Down
DROP TABLE rate_limits;
