-- Arguments: now. Rows: name, version. Answers how many tasks count against the total of each type, in whatever queue:
-- those that are started, and those whose code has not stopped yet.
WITH given (now) AS (VALUES (?)),
batch (name, version) AS (VALUES {rows})
SELECT batch.name AS name, batch.version AS version,
    (SELECT ifnull(sum(lanes.started), 0) FROM lanes WHERE lanes.name = batch.name AND lanes.version = batch.version)
    + (
        SELECT count(*) FROM stopping
        WHERE stopping.name = batch.name AND stopping.version = batch.version AND stopping.deadline > given.now
    ) AS tasks
FROM given CROSS JOIN batch
WHERE batch.name IS NOT NULL
