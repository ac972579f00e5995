-- Rows: place, likeness. Says of dead letters to which group of errors they belong.
WITH batch (place, likeness) AS (VALUES {rows})
UPDATE tasks SET likeness = batch.likeness
FROM batch
WHERE tasks.place = batch.place
