-- Rows: places. Answers the tasks with what is told of silent ones.
WITH batch (place) AS (VALUES {rows})
SELECT tasks.place, tasks.id, tasks.queue, tasks.token, tasks.worker, tasks.attempt, tasks.silent_at, lanes.name,
    lanes.version
FROM batch CROSS JOIN tasks CROSS JOIN lanes
WHERE tasks.place = batch.place AND lanes.lane = tasks.lane
