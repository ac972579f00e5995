-- Rows: lane, likeness, error type, message, dead letters more (or fewer), when the first and the last of them came.
-- Begins groups that there are not yet.
WITH batch (lane, likeness, error_type, message, tasks, first_at, last_at) AS (VALUES {rows})
INSERT INTO error_groups (queue, name, version, likeness, error_type, message, tasks, first_at, last_at)
SELECT lanes.queue, lanes.name, lanes.version, batch.likeness, batch.error_type, batch.message, batch.tasks,
    batch.first_at, batch.last_at
FROM batch CROSS JOIN lanes
WHERE lanes.lane = batch.lane
ON CONFLICT (queue, name, version, likeness)
DO UPDATE SET
    tasks = error_groups.tasks + excluded.tasks,
    last_at = max(error_groups.last_at, excluded.last_at)
