-- Arguments: who moves them (F, R, S), now. Rows: place, status, position, run at, ended at, failures and dead workers
-- to add, dead letter since, likeness of its error, result. Started → wherever; who asks has checked token and status in the same transaction.
WITH given (moved_by, now) AS (VALUES (?, ?)),
batch (place, status, position, run_at, ended_at, failures, lost, dead_at, likeness, result) AS (VALUES {rows})
UPDATE tasks
SET status = batch.status,
    position = batch.position,
    waiting_since = CASE batch.status WHEN 'W' THEN given.now END,
    run_at = batch.run_at,
    ended_at = batch.ended_at,
    failures = tasks.failures + batch.failures,
    lost = tasks.lost + batch.lost,
    dead_at = batch.dead_at,
    likeness = batch.likeness,
    result = batch.result,
    deadline = NULL,
    lease = NULL,
    excused = 0,
    silent_at = NULL,
    moved_by = given.moved_by,
    moved_to = batch.status
FROM given, batch
WHERE tasks.place = batch.place
