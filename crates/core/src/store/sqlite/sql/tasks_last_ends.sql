-- Rows: places. Answers dead letters with the newest end of their attempts.
WITH batch (place) AS (VALUES {rows})
SELECT tasks.place, tasks.lane, tasks.dead_at, (
    SELECT attempt_ends.detail FROM attempt_ends
    WHERE attempt_ends.place = tasks.place
    ORDER BY attempt_ends.attempt DESC
    LIMIT 1
) AS detail
FROM batch CROSS JOIN tasks
WHERE tasks.place = batch.place
