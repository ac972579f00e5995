-- Rows: ids. Answers those that are known, with fingerprint and status.
WITH batch (id) AS (VALUES {rows})
SELECT tasks.id, tasks.status, bodies.fingerprint
FROM batch CROSS JOIN tasks CROSS JOIN bodies
WHERE tasks.id = batch.id AND bodies.place = tasks.place
