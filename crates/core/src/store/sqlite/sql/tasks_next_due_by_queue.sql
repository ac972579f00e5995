-- Rows: queues. Answers when the next scheduled task of each is due.
WITH batch (queue) AS (VALUES {rows})
SELECT (SELECT min(run_at) FROM tasks WHERE status = 'L' AND tasks.queue = batch.queue) AS run_at
FROM batch
WHERE batch.queue IS NOT NULL
