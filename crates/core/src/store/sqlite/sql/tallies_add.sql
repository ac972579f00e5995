-- Rows: minute, queue and what is to be added to each of its counts.
WITH batch (minute, queue, submitted, started, completed, failed, cancelled, stalled, dropped, retried, lost) AS (VALUES {rows})
INSERT INTO tallies (minute, queue, submitted, started, completed, failed, cancelled, stalled, dropped, retried, lost)
SELECT minute, queue, submitted, started, completed, failed, cancelled, stalled, dropped, retried, lost
FROM batch WHERE minute IS NOT NULL
ON CONFLICT (minute, queue)
DO UPDATE SET
    submitted = tallies.submitted + excluded.submitted,
    started = tallies.started + excluded.started,
    completed = tallies.completed + excluded.completed,
    failed = tallies.failed + excluded.failed,
    cancelled = tallies.cancelled + excluded.cancelled,
    stalled = tallies.stalled + excluded.stalled,
    dropped = tallies.dropped + excluded.dropped,
    retried = tallies.retried + excluded.retried,
    lost = tallies.lost + excluded.lost
