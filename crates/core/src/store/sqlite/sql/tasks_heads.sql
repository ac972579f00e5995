-- Arguments: how many of each at the most. Rows: lanes. Answers the first waiting tasks of each lane, in order.
WITH given (most) AS (VALUES (?)),
batch (lane) AS (VALUES {rows})
SELECT tasks.lane, tasks.place
FROM batch CROSS JOIN tasks
WHERE batch.lane IS NOT NULL AND tasks.place IN (
    SELECT line.place FROM tasks AS line
    WHERE line.status = 'W' AND line.lane = batch.lane
    ORDER BY line.position
    LIMIT (SELECT most FROM given)
)
ORDER BY tasks.lane, tasks.position
