-- Rows: places. Removes the ends of all attempts there.
WITH batch (place) AS (VALUES {rows})
DELETE FROM attempt_ends WHERE place IN (SELECT place FROM batch)
