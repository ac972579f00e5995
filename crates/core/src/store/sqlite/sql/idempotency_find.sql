-- Arguments: now. Rows: keys. Answers the tasks that these stand for.
WITH given (now) AS (VALUES (?)),
batch (key) AS (VALUES {rows})
SELECT idempotency.key, tasks.id, tasks.status, bodies.fingerprint
FROM given CROSS JOIN batch CROSS JOIN idempotency CROSS JOIN tasks CROSS JOIN bodies
WHERE idempotency.key = batch.key AND idempotency.until > given.now
    AND tasks.place = idempotency.place AND bodies.place = idempotency.place
