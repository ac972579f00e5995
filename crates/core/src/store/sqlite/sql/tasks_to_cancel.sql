-- Rows: ids. Answers what decides how each is cancelled.
WITH batch (id) AS (VALUES {rows})
SELECT tasks.id, tasks.place, tasks.status, tasks.lane, tasks.queue, tasks.worker, tasks.cancel_requested_at
FROM batch CROSS JOIN tasks
WHERE tasks.id = batch.id
