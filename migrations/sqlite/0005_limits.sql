-- Limits that hold over all workers.

-- Attempts that were taken away from a worker that lives. Their code may still run: each keeps its place in its queue and
-- of its type until the worker says that the code has stopped, or until its lease, which renewals extend, is over.
CREATE TABLE stopping (
    id BLOB NOT NULL,
    token INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    queue TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    PRIMARY KEY (id, token)
) WITHOUT ROWID;

CREATE INDEX stopping_in_queue ON stopping (queue, deadline);
CREATE INDEX stopping_of_type ON stopping (name, version, deadline);
CREATE INDEX stopping_until ON stopping (deadline);

-- The last starts in each queue with a rate limit: `starts` of them from `first` to `last`, and `total` of them since the
-- oldest bucket of the queue was begun, so that the sum over a window is a difference. `until` is when the window of the
-- limit that held then has passed over the bucket.
CREATE TABLE rate_buckets (
    queue TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    starts INTEGER NOT NULL,
    total INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (queue, first)
) WITHOUT ROWID;

CREATE INDEX rate_buckets_until ON rate_buckets (until);

-- What the last turn said of when a rate limit lets the next task start.
ALTER TABLE turns ADD COLUMN next_slot INTEGER;
