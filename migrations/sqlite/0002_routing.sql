-- What an operator configures: queues, the roles that consume them, and the installation that all of it belongs to.

CREATE TABLE queues (
    name                 TEXT PRIMARY KEY NOT NULL,
    -- Tasks that one worker runs at once, and that all workers run at once: NULL or 0 is unlimited.
    max_concurrent       INTEGER DEFAULT 10 CHECK (max_concurrent >= 0),
    max_concurrent_total INTEGER CHECK (max_concurrent_total >= 0),
    -- At most rate_numerator starts in rate_denominator periods (second, minute, hour, day): all three or none.
    rate_numerator       INTEGER CHECK (rate_numerator >= 0),
    rate_denominator     INTEGER CHECK (rate_denominator > 0),
    rate_period          TEXT,
    paused               INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1))
) STRICT;

CREATE TABLE roles (
    name TEXT PRIMARY KEY NOT NULL
) STRICT;

CREATE TABLE role_queues (
    role  TEXT NOT NULL REFERENCES roles (name) ON DELETE CASCADE,
    queue TEXT NOT NULL REFERENCES queues (name) ON DELETE CASCADE,
    PRIMARY KEY (role, queue)
) STRICT, WITHOUT ROWID;

CREATE INDEX role_queues_by_queue ON role_queues (queue);

-- One row at the most.
CREATE TABLE installation (
    only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
    id       TEXT NOT NULL
) STRICT;

INSERT INTO queues (name, max_concurrent) VALUES ('default', NULL);
INSERT INTO roles (name) VALUES ('default');
INSERT INTO role_queues (role, queue) VALUES ('default', 'default');
