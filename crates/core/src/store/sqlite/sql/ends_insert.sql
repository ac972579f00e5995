-- Rows: place, attempt, retry attempt, worker, started at, ended at, detail. Ends of attempts.
WITH batch (place, attempt, retry_attempt, worker, started_at, ended_at, detail) AS (VALUES {rows})
INSERT INTO attempt_ends (place, attempt, retry_attempt, worker, started_at, ended_at, detail)
SELECT place, attempt, retry_attempt, worker, started_at, ended_at, detail FROM batch WHERE place IS NOT NULL
