-- Rows: places. Removes what was submitted there.
WITH batch (place) AS (VALUES {rows})
DELETE FROM bodies WHERE place IN (SELECT place FROM batch)
