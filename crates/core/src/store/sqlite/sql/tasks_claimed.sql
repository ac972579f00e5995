-- Rows: place, token. Answers the tasks that are still started under these tokens, whole enough to be run.
WITH batch (place, token) AS (VALUES {rows})
SELECT tasks.place, tasks.id, tasks.queue, tasks.token, tasks.attempt, tasks.failures, tasks.lost, tasks.submitted_at,
    tasks.started_at, lanes.name, lanes.version, lanes.priority, bodies.parameters, bodies.metadata, bodies.trace_id
FROM batch CROSS JOIN tasks CROSS JOIN lanes CROSS JOIN bodies
WHERE tasks.place = batch.place AND tasks.token = batch.token AND tasks.status = 'R'
    AND lanes.lane = tasks.lane AND bodies.place = tasks.place
