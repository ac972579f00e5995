-- Arguments: the request, 1 if failures count no more, now. Rows: place, position. Failed, stalled, cancelled or dropped →
-- waiting; who asks has checked the status in the same transaction. Answers their ids.
WITH given (request, reset, now) AS (VALUES (?, ?, ?)),
batch (place, position) AS (VALUES {rows})
UPDATE tasks
SET status = 'W',
    position = batch.position,
    waiting_since = given.now,
    failures = CASE WHEN given.reset THEN 0 ELSE tasks.failures END,
    lost = 0,
    cancel_requested_at = NULL,
    expires_at = NULL,
    result = NULL,
    progress = NULL,
    heartbeat_at = NULL,
    ended_at = NULL,
    dead_at = NULL,
    likeness = NULL,
    resubmitted_by = given.request
FROM given, batch
WHERE tasks.place = batch.place
