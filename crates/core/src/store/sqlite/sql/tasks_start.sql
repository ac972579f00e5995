-- Arguments: now, worker, deadline and length of the lease. Rows: place, token, policy, silent at. Waiting → started;
-- who asks has found them waiting in the same transaction. Answers each after that.
WITH given (now, worker, deadline, lease) AS (VALUES (?, ?, ?, ?)),
batch (place, token, policy, silent_at) AS (VALUES {rows})
UPDATE tasks
SET status = 'R',
    position = NULL,
    waiting_since = NULL,
    attempt = tasks.attempt + 1,
    token = batch.token,
    worker = given.worker,
    policy = batch.policy,
    deadline = given.deadline,
    lease = given.lease,
    excused = 0,
    started_at = given.now,
    heartbeat_at = NULL,
    expiring = NULL,
    silent_at = batch.silent_at,
    progress = NULL,
    moved_by = NULL,
    moved_to = NULL
FROM given, batch
WHERE tasks.place = batch.place
RETURNING place, id, attempt, failures, lost, submitted_at
