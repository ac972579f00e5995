-- Arguments: how many ends a task remembers. Rows: place, newest attempt. Forgets what is older.
WITH given (remembered) AS (VALUES (?)),
batch (place, attempt) AS (VALUES {rows})
DELETE FROM attempt_ends
WHERE (place, attempt) IN (
    SELECT old.place, old.attempt
    FROM given CROSS JOIN batch CROSS JOIN attempt_ends AS old
    WHERE old.place = batch.place AND old.attempt <= batch.attempt - given.remembered
)
