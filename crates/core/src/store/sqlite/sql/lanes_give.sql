-- Rows: lane, tasks that come to its tail, tasks that come to its head. Answers each lane after that.
WITH batch (lane, tails, heads) AS (VALUES {rows})
UPDATE lanes
SET waiting = lanes.waiting + batch.tails + batch.heads,
    tail = lanes.tail + batch.tails,
    head = lanes.head - batch.heads
FROM batch
WHERE lanes.lane = batch.lane
RETURNING lane, queue, name, version, head, tail
