-- Arguments: now. Rows: places. Waiting or scheduled → cancelled; who asks has checked the status in the same
-- transaction.
WITH given (now) AS (VALUES (?)),
batch (place) AS (VALUES {rows})
UPDATE tasks SET status = 'X', position = NULL, run_at = NULL, expiring = NULL, ended_at = given.now
FROM given, batch
WHERE tasks.place = batch.place
