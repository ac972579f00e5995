-- Rows: lane, tasks more (or fewer) that wait, are scheduled, are started, are dead letters.
WITH batch (lane, waiting, scheduled, started, dead) AS (VALUES {rows})
UPDATE lanes
SET waiting = lanes.waiting + batch.waiting,
    scheduled = lanes.scheduled + batch.scheduled,
    started = lanes.started + batch.started,
    dead = lanes.dead + batch.dead
FROM batch
WHERE lanes.lane = batch.lane
