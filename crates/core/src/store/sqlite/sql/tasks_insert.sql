-- Rows: place, id, status, lane, queue, position, submitted at, run at, expires at. New → waiting or scheduled.
WITH batch (place, id, status, lane, queue, position, submitted_at, run_at, expires_at) AS (VALUES {rows})
INSERT INTO tasks (place, id, status, lane, queue, position, submitted_at, waiting_since, run_at, expires_at, expiring)
SELECT place, id, status, lane, queue, position, submitted_at, CASE status WHEN 'W' THEN submitted_at END, run_at,
    expires_at, expires_at
FROM batch WHERE place IS NOT NULL
