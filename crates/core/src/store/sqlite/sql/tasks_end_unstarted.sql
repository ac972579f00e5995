-- Arguments: now, status. Rows: places. Waiting or scheduled → cancelled or dropped; who asks has checked the status in
-- the same transaction.
WITH given (now, status) AS (VALUES (?, ?)),
batch (place) AS (VALUES {rows})
UPDATE tasks
SET status = given.status, position = NULL, waiting_since = NULL, run_at = NULL, expiring = NULL, ended_at = given.now
FROM given, batch
WHERE tasks.place = batch.place
