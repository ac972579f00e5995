-- Rows: id, token, lane, deadline. Attempts that were taken away, and whose code may still run.
WITH batch (id, token, lane, deadline) AS (VALUES {rows})
INSERT INTO stopping (id, token, lane, queue, name, version, deadline)
SELECT batch.id, batch.token, batch.lane, lanes.queue, lanes.name, lanes.version, batch.deadline
FROM batch CROSS JOIN lanes
WHERE lanes.lane = batch.lane
ON CONFLICT (id, token) DO NOTHING
