-- Rows: ids. Answers the place of each task, and the bytes of what may be large in it.
WITH batch (id) AS (VALUES {rows})
SELECT tasks.id, tasks.place, length(bodies.parameters) + ifnull(length(bodies.metadata), 0) + ifnull(length(tasks.result), 0)
    + ifnull((SELECT sum(length(detail)) FROM attempt_ends WHERE attempt_ends.place = tasks.place), 0) AS bytes
FROM batch CROSS JOIN tasks CROSS JOIN bodies
WHERE tasks.id = batch.id AND bodies.place = tasks.place
