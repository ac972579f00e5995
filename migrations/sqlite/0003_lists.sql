-- Lists of tasks, counts of each queue, expiry, resubmission, idempotency keys, draining.

-- When a task expires that has not started, as submitted; and, only as long as that can still happen, once more.
ALTER TABLE tasks ADD COLUMN expires_at INTEGER;
ALTER TABLE tasks ADD COLUMN expiring INTEGER;
-- The request that made it run again last.
ALTER TABLE tasks ADD COLUMN resubmitted_by INTEGER;

CREATE INDEX tasks_expiring ON tasks (expiring) WHERE expiring IS NOT NULL;

-- With what tells a claim which tasks it must pass over, so that it need not look at each.
DROP INDEX tasks_waiting;
CREATE INDEX tasks_waiting ON tasks (lane, position, expiring) WHERE status = 'W';

-- The orders of lists; the place, which is never given twice, decides between tasks of the same time. Tasks that are
-- scheduled are listed by tasks_due and tasks_due_by_queue.
CREATE INDEX tasks_submitted ON tasks (submitted_at);
CREATE INDEX tasks_submitted_by_lane ON tasks (lane, submitted_at);
CREATE INDEX tasks_waiting_since ON tasks (submitted_at) WHERE status = 'W';
CREATE INDEX tasks_waiting_since_by_lane ON tasks (lane, submitted_at) WHERE status = 'W';
CREATE INDEX tasks_started ON tasks (started_at) WHERE status = 'R';
CREATE INDEX tasks_ended ON tasks (status, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX tasks_ended_by_lane ON tasks (lane, status, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX tasks_dead ON tasks (ended_at) WHERE dead_at IS NOT NULL;
CREATE INDEX tasks_dead_by_lane ON tasks (lane, ended_at) WHERE dead_at IS NOT NULL;

-- How many of a lane's tasks are scheduled, started and dead letters: always exactly, like those that wait.
ALTER TABLE lanes ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lanes ADD COLUMN started INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lanes ADD COLUMN dead INTEGER NOT NULL DEFAULT 0;

UPDATE lanes SET scheduled = counted.tasks
FROM (SELECT lane, count(*) AS tasks FROM tasks WHERE status = 'L' GROUP BY lane) AS counted
WHERE lanes.lane = counted.lane;

UPDATE lanes SET started = counted.tasks
FROM (SELECT lane, count(*) AS tasks FROM tasks WHERE status = 'R' GROUP BY lane) AS counted
WHERE lanes.lane = counted.lane;

UPDATE lanes SET dead = counted.tasks
FROM (SELECT lane, count(*) AS tasks FROM tasks WHERE dead_at IS NOT NULL GROUP BY lane) AS counted
WHERE lanes.lane = counted.lane;

CREATE INDEX lanes_by_type ON lanes (name, version);

ALTER TABLE tallies ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tallies ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;

-- 1 once somebody has asked this process to drain.
ALTER TABLE processes ADD COLUMN draining INTEGER NOT NULL DEFAULT 0;

-- Which submission was the first with an idempotency key, and until when that is remembered. (Its task may be gone.)
CREATE TABLE idempotency (
    key BLOB PRIMARY KEY,
    place INTEGER NOT NULL,
    until INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX idempotency_until ON idempotency (until);
