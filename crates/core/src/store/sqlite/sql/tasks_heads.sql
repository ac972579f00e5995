-- Arguments: how many of each at the most, now. Rows: lanes. Answers the first waiting tasks of each lane that have not
-- expired, in order.
WITH given (most, now) AS (VALUES (?, ?)),
batch (lane) AS (VALUES {rows})
SELECT tasks.lane, tasks.place
FROM given CROSS JOIN batch CROSS JOIN tasks
WHERE batch.lane IS NOT NULL AND tasks.place IN (
    SELECT line.place FROM tasks AS line
    WHERE line.status = 'W' AND line.lane = batch.lane AND ifnull(line.expiring > given.now, 1)
    ORDER BY line.position
    LIMIT (SELECT most FROM given)
)
ORDER BY tasks.lane, tasks.position
