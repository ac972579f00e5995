-- Argument: now. Rows: places. Answers the tasks whose lease holds, with what is told of silent ones.
WITH given (now) AS (VALUES (?)),
batch (place) AS (VALUES {rows})
SELECT tasks.place, tasks.id, tasks.queue, tasks.token, tasks.worker, tasks.attempt, tasks.silent_at, lanes.name,
    lanes.version
FROM given CROSS JOIN batch CROSS JOIN tasks CROSS JOIN lanes
WHERE tasks.place = batch.place AND tasks.deadline > given.now AND lanes.lane = tasks.lane
