-- Grows with every change of queues and roles, in the transaction of the change: who holds what it read before can tell.
CREATE TABLE routing_version (
    only_row SMALLINT PRIMARY KEY CHECK (only_row = 1),
    version  BIGINT NOT NULL
);

INSERT INTO routing_version (only_row, version) VALUES (1, 1);

-- Tasks of a queue that are to be cancelled: written before the first one is, so that it goes on after a crash.
CREATE TABLE removals (
    id        BIGINT PRIMARY KEY,
    queue     TEXT COLLATE "C" NOT NULL,
    -- Milliseconds since 1970 by the clock of the tasks' store: what came later is left alone; NULL: nothing is.
    before    BIGINT,
    -- Whether scheduled tasks and started ones are cancelled too, besides the waiting ones.
    scheduled BOOLEAN NOT NULL,
    started   BOOLEAN NOT NULL,
    asked_at  BIGINT NOT NULL
);

CREATE INDEX removals_by_queue ON removals (queue);
