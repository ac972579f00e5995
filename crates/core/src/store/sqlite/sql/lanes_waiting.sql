-- Rows: queues. Answers the lanes of these queues that have waiting tasks.
WITH batch (queue) AS (VALUES {rows})
SELECT lanes.lane, lanes.queue, lanes.name, lanes.version, lanes.priority, lanes.waiting
FROM batch CROSS JOIN lanes
WHERE lanes.queue = batch.queue AND lanes.waiting > 0
