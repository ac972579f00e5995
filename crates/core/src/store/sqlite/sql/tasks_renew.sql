-- Arguments: deadline and length of the lease. Rows: id, token, last heartbeat, progress, silent at (each NULL if there
-- is nothing new). Extends the leases that are still held under these tokens. Answers those.
WITH given (deadline, lease) AS (VALUES (?, ?)),
batch (id, token, heartbeat_at, progress, silent_at) AS (VALUES {rows})
UPDATE tasks
SET deadline = given.deadline,
    lease = given.lease,
    excused = 0,
    heartbeat_at = coalesce(batch.heartbeat_at, tasks.heartbeat_at),
    progress = coalesce(batch.progress, tasks.progress),
    silent_at = coalesce(batch.silent_at, tasks.silent_at)
FROM given, batch
WHERE tasks.id = batch.id AND tasks.token = batch.token AND tasks.status = 'R'
RETURNING id, token, cancel_requested_at
