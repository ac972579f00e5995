-- Silent tasks, tasks that wait in vain, old tasks; dead letters grouped by errors that are alike.

-- Since when it waits, while it waits.
ALTER TABLE tasks ADD COLUMN waiting_since INTEGER;

UPDATE tasks SET waiting_since = max(submitted_at, ifnull(started_at, 0)) WHERE status = 'W';

-- Of a dead letter: the fingerprint of its error, eight bytes read as one big-endian number. Those from before have
-- none until the store is opened.
ALTER TABLE tasks ADD COLUMN likeness INTEGER;

CREATE INDEX tasks_ungrouped ON tasks (dead_at) WHERE dead_at IS NOT NULL AND likeness IS NULL;

-- Tasks that are started and whose end nobody asked for: by when they count as silent; and those without an interval
-- of their own that have beaten, by their last beat.
CREATE INDEX tasks_silent ON tasks (silent_at)
WHERE status = 'R' AND cancel_requested_at IS NULL AND silent_at IS NOT NULL;
CREATE INDEX tasks_beats ON tasks (heartbeat_at)
WHERE status = 'R' AND cancel_requested_at IS NULL AND silent_at IS NULL AND heartbeat_at IS NOT NULL;

-- Failed tasks that are no dead letters; all others that have ended are in tasks_ended, and dead letters in tasks_dead.
CREATE INDEX tasks_failed ON tasks (ended_at) WHERE status = 'F' AND dead_at IS NULL AND ended_at IS NOT NULL;

-- Dead letters of one task type in one queue whose errors are alike; a group without any is gone.
CREATE TABLE error_groups (
    error_group INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    likeness INTEGER NOT NULL,
    error_type TEXT NOT NULL,
    message TEXT NOT NULL,
    tasks INTEGER NOT NULL,
    -- when the first and the last one came
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    UNIQUE (queue, name, version, likeness)
);

CREATE INDEX error_groups_by_size ON error_groups (tasks, last_at);
