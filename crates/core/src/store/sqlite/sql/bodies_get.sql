-- Rows: places. Answers what was submitted there.
WITH batch (place) AS (VALUES {rows})
SELECT bodies.place, bodies.parameters, bodies.metadata, bodies.trace_id
FROM batch CROSS JOIN bodies
WHERE bodies.place = batch.place
