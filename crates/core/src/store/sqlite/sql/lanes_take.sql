-- Rows: lane, tasks of it that wait no longer.
WITH batch (lane, tasks) AS (VALUES {rows})
UPDATE lanes SET waiting = lanes.waiting - batch.tasks FROM batch WHERE lanes.lane = batch.lane
