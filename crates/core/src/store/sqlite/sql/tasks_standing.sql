-- Rows: ids. Answers where each is, whether it is a dead letter and of which likeness, and the request that made it run again last.
WITH batch (id) AS (VALUES {rows})
SELECT tasks.id, tasks.place, tasks.status, tasks.lane, tasks.queue, tasks.dead_at, tasks.likeness,
    tasks.resubmitted_by
FROM batch CROSS JOIN tasks
WHERE tasks.id = batch.id
