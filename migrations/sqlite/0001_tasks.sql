-- Tasks and everything that moves: the embedded store.
--
-- A time is milliseconds since 1970 by the clock of the store. A token, a worker id and a policy reference are their
-- eight bytes read as one big-endian number. A status is its letter: W submitted (waiting), L scheduled, R started,
-- C completed, F failed, X cancelled, T stalled, D dropped.

-- layout, partitions, installation, waiting_until (see the wait after the store was away).
CREATE TABLE store_meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

INSERT INTO store_meta (name, value) VALUES ('layout', '1'), ('partitions', '1');

-- One task type's line of one priority in one queue. `waiting` counts its tasks with status W, always exactly;
-- `tail` is the last position given at its end, `head` the last one given at its front.
CREATE TABLE lanes (
    lane INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    head INTEGER NOT NULL DEFAULT 0,
    tail INTEGER NOT NULL DEFAULT 0,
    UNIQUE (queue, name, version, priority)
);

CREATE INDEX lanes_to_claim ON lanes (queue) WHERE waiting > 0;

-- What changes about a task while it lives; `place` grows with each submission: the order of the log.
CREATE TABLE tasks (
    place INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    status TEXT NOT NULL,
    lane INTEGER NOT NULL REFERENCES lanes (lane),
    queue TEXT NOT NULL,
    -- within its lane, while it waits
    position INTEGER,
    attempt INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    lost INTEGER NOT NULL DEFAULT 0,
    -- of the last claim
    token INTEGER,
    worker INTEGER,
    policy INTEGER,
    -- of the lease, while it is started; `lease` is its length, `excused` says that the lease ended while the store
    -- was away and was given once more
    deadline INTEGER,
    lease INTEGER,
    excused INTEGER NOT NULL DEFAULT 0,
    submitted_at INTEGER NOT NULL,
    run_at INTEGER,
    started_at INTEGER,
    ended_at INTEGER,
    heartbeat_at INTEGER,
    -- when it counts as silent, while it is started under a policy with a heartbeat interval
    silent_at INTEGER,
    cancel_requested_at INTEGER,
    -- how the last attempt left `started`: F finished by its worker, R reaped; and to which status
    moved_by TEXT,
    moved_to TEXT,
    -- when it became a dead letter
    dead_at INTEGER,
    -- JSON
    progress TEXT,
    result BLOB
);

CREATE INDEX tasks_waiting ON tasks (lane, position) WHERE status = 'W';
CREATE INDEX tasks_leases ON tasks (deadline) WHERE status = 'R';
CREATE INDEX tasks_due ON tasks (run_at) WHERE status = 'L';
CREATE INDEX tasks_due_by_queue ON tasks (queue, run_at) WHERE status = 'L';

-- What was submitted, never rewritten; `place` is the task's.
CREATE TABLE bodies (
    place INTEGER PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    parameters BLOB NOT NULL,
    metadata BLOB,
    trace_id TEXT
);

-- Ends of attempts that did not complete their task: the newest 100 of each.
CREATE TABLE attempt_ends (
    place INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    retry_attempt INTEGER NOT NULL,
    worker INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    -- JSON
    detail TEXT NOT NULL,
    PRIMARY KEY (place, attempt)
) WITHOUT ROWID;

-- Task-type policies (JSON), never changed once stored.
CREATE TABLE policies (
    policy INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

-- Registered task types: the newest registration (JSON) of each.
CREATE TABLE catalogue (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    registration TEXT NOT NULL,
    PRIMARY KEY (name, version)
) WITHOUT ROWID;

-- Workers and schedulers that have announced themselves (JSON).
CREATE TABLE processes (
    process INTEGER PRIMARY KEY,
    info TEXT NOT NULL,
    last_seen INTEGER NOT NULL,
    deadline INTEGER NOT NULL
);

CREATE INDEX processes_by_deadline ON processes (deadline);

-- The last turn of each worker, so that it can be answered again; `claimed` and `finished` are packed. `claims` counts
-- its claims, `told` the messages to it (a cancellation, a task taken away) that its process may have to pass on.
CREATE TABLE turns (
    worker INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL DEFAULT 0,
    claims INTEGER NOT NULL DEFAULT 0,
    told INTEGER NOT NULL DEFAULT 0,
    parked INTEGER NOT NULL DEFAULT 0,
    claimed BLOB,
    finished BLOB,
    at INTEGER NOT NULL
);

-- What happened in each queue in each minute (since 1970).
CREATE TABLE tallies (
    minute INTEGER NOT NULL,
    queue TEXT NOT NULL,
    submitted INTEGER NOT NULL,
    started INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    stalled INTEGER NOT NULL,
    retried INTEGER NOT NULL,
    PRIMARY KEY (minute, queue)
) WITHOUT ROWID;
