-- Rows: places. Answers the ends of the attempts of these tasks, oldest first of each.
WITH batch (place) AS (VALUES {rows})
SELECT ends.place, ends.attempt, ends.retry_attempt, ends.worker, ends.started_at, ends.ended_at, ends.detail
FROM batch CROSS JOIN attempt_ends AS ends
WHERE ends.place = batch.place
