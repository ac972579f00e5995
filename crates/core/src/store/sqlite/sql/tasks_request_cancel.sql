-- Arguments: now. Rows: places. Records that started tasks are to end.
WITH given (now) AS (VALUES (?)),
batch (place) AS (VALUES {rows})
UPDATE tasks SET cancel_requested_at = given.now
FROM given, batch
WHERE tasks.place = batch.place
