-- Arguments: now, how many of each at the most. Rows: queues. Answers the due tasks of each queue that are due first.
WITH given (now, most) AS (VALUES (?, ?)),
batch (queue) AS (VALUES {rows})
SELECT tasks.place, tasks.lane, tasks.run_at
FROM given CROSS JOIN batch CROSS JOIN tasks
WHERE batch.queue IS NOT NULL AND tasks.place IN (
    SELECT line.place FROM tasks AS line
    WHERE line.status = 'L' AND line.queue = batch.queue AND line.run_at <= given.now
    ORDER BY line.run_at, line.place
    LIMIT (SELECT most FROM given)
)
