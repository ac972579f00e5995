-- Rows: places. Removes tasks; who asks has found them ended in the same transaction.
WITH batch (place) AS (VALUES {rows})
DELETE FROM tasks WHERE place IN (SELECT place FROM batch)
