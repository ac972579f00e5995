-- Rows: ids. Answers the place of each task, and the bytes of its parameters and its result.
WITH batch (id) AS (VALUES {rows})
SELECT tasks.id, tasks.place, length(bodies.parameters) + ifnull(length(tasks.result), 0) AS bytes
FROM batch CROSS JOIN tasks CROSS JOIN bodies
WHERE tasks.id = batch.id AND bodies.place = tasks.place
