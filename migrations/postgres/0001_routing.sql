-- What an operator configures: queues, the roles that consume them, and the installation that all of it belongs to.

CREATE TABLE queues (
    name                 TEXT COLLATE "C" PRIMARY KEY,
    -- Tasks that one worker runs at once, and that all workers run at once: NULL or 0 is unlimited.
    max_concurrent       BIGINT DEFAULT 10 CHECK (max_concurrent >= 0),
    max_concurrent_total BIGINT CHECK (max_concurrent_total >= 0),
    -- At most rate_numerator starts in rate_denominator periods (second, minute, hour, day): all three or none.
    rate_numerator       BIGINT CHECK (rate_numerator >= 0),
    rate_denominator     BIGINT CHECK (rate_denominator > 0),
    rate_period          TEXT,
    paused               BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE roles (
    name TEXT COLLATE "C" PRIMARY KEY
);

CREATE TABLE role_queues (
    role  TEXT COLLATE "C" NOT NULL REFERENCES roles (name) ON DELETE CASCADE,
    queue TEXT COLLATE "C" NOT NULL REFERENCES queues (name) ON DELETE CASCADE,
    PRIMARY KEY (role, queue)
);

CREATE INDEX role_queues_by_queue ON role_queues (queue);

-- One row at the most.
CREATE TABLE installation (
    only_row SMALLINT PRIMARY KEY CHECK (only_row = 1),
    id       TEXT NOT NULL
);

INSERT INTO queues (name, max_concurrent) VALUES ('default', NULL);
INSERT INTO roles (name) VALUES ('default');
INSERT INTO role_queues (role, queue) VALUES ('default', 'default');
