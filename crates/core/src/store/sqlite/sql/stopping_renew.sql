-- Arguments: deadline. Rows: id, token. Extends the leases of attempts that were taken away: also one that is over, since
-- its code may still run.
WITH given (deadline) AS (VALUES (?)),
batch (id, token) AS (VALUES {rows})
UPDATE stopping SET deadline = given.deadline
FROM given, batch
WHERE stopping.id = batch.id AND stopping.token = batch.token
