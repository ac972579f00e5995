-- Arguments: now, deadline. Rows: id, token. Extends the leases of attempts that were taken away, as far as they hold.
WITH given (now, deadline) AS (VALUES (?, ?)),
batch (id, token) AS (VALUES {rows})
UPDATE stopping SET deadline = given.deadline
FROM given, batch
WHERE stopping.id = batch.id AND stopping.token = batch.token AND stopping.deadline > given.now
