-- Rows: ids. Answers what decides whether each may leave `started`.
WITH batch (id) AS (VALUES {rows})
SELECT tasks.id, tasks.place, tasks.lane, tasks.queue, tasks.status, tasks.token, tasks.attempt, tasks.failures,
    tasks.worker, tasks.started_at, tasks.deadline, tasks.cancel_requested_at, tasks.moved_by, tasks.moved_to
FROM batch CROSS JOIN tasks
WHERE tasks.id = batch.id
