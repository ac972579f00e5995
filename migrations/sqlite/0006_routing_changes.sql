-- Grows with every change of queues and roles, in the transaction of the change: who holds what it read before can tell.
CREATE TABLE routing_version (
    only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
    version  INTEGER NOT NULL
) STRICT;

INSERT INTO routing_version (only_row, version) VALUES (1, 1);

-- Tasks of a queue that are to be cancelled: written before the first one is, so that it goes on after a crash.
CREATE TABLE removals (
    id        INTEGER PRIMARY KEY NOT NULL,
    queue     TEXT NOT NULL,
    -- Milliseconds since 1970 by the clock of the tasks' store: what came later is left alone; NULL: nothing is.
    before    INTEGER,
    -- Whether scheduled tasks and started ones are cancelled too, besides the waiting ones.
    scheduled INTEGER NOT NULL CHECK (scheduled IN (0, 1)),
    started   INTEGER NOT NULL CHECK (started IN (0, 1)),
    asked_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX removals_by_queue ON removals (queue);
