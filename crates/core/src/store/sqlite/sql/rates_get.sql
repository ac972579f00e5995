-- Rows: queue, when what counts no more had its last start at the latest. Answers the newest bucket of each queue in
-- which any counts, how many starts there were before the oldest that counts, and the last start of the oldest of all.
WITH batch (queue, gone) AS (VALUES {rows})
SELECT batch.queue AS queue, newest.first AS first, newest.last AS last, newest.total AS total,
    oldest.total - oldest.starts AS before,
    (
        SELECT line.last FROM rate_buckets AS line WHERE line.queue = batch.queue ORDER BY line.first LIMIT 1
    ) AS eldest
FROM batch CROSS JOIN rate_buckets AS newest CROSS JOIN rate_buckets AS oldest
WHERE newest.queue = batch.queue AND oldest.queue = batch.queue
    AND newest.first = (
        SELECT line.first FROM rate_buckets AS line WHERE line.queue = batch.queue ORDER BY line.first DESC LIMIT 1
    )
    AND oldest.first = (
        SELECT line.first FROM rate_buckets AS line
        WHERE line.queue = batch.queue AND line.last > batch.gone
        ORDER BY line.first
        LIMIT 1
    )
