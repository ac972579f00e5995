-- Rows: queue, name, version, priority, tasks. Opens lanes that there are not yet and makes room at the tail of each.
-- Answers each lane after that.
WITH batch (queue, name, version, priority, tasks) AS (VALUES {rows})
INSERT INTO lanes (queue, name, version, priority, waiting, tail)
SELECT queue, name, version, priority, tasks, tasks FROM batch WHERE queue IS NOT NULL
ON CONFLICT (queue, name, version, priority)
DO UPDATE SET waiting = lanes.waiting + excluded.waiting, tail = lanes.tail + excluded.tail
RETURNING lane, queue, name, version, priority, head, tail
