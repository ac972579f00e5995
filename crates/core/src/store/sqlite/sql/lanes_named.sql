-- Rows: lanes. Answers the queue and the task type of each.
WITH batch (lane) AS (VALUES {rows})
SELECT lanes.lane, lanes.queue, lanes.name, lanes.version FROM batch CROSS JOIN lanes WHERE lanes.lane = batch.lane
