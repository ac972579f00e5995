-- Arguments: now. Rows: queues. Answers how many tasks count against the total of each: those that are started, and those
-- whose code has not stopped yet.
WITH given (now) AS (VALUES (?)),
batch (queue) AS (VALUES {rows})
SELECT batch.queue AS queue,
    (SELECT ifnull(sum(lanes.started), 0) FROM lanes WHERE lanes.queue = batch.queue)
    + (SELECT count(*) FROM stopping WHERE stopping.queue = batch.queue AND stopping.deadline > given.now) AS tasks
FROM given CROSS JOIN batch
WHERE batch.queue IS NOT NULL
