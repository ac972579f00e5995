-- Arguments: now. Rows: place, position. Scheduled → waiting; who asks has found them due in the same transaction. Answers their ids.
WITH given (now) AS (VALUES (?)),
batch (place, position) AS (VALUES {rows})
UPDATE tasks SET status = 'W', position = batch.position, run_at = NULL, waiting_since = given.now
FROM given, batch
WHERE tasks.place = batch.place
RETURNING id
