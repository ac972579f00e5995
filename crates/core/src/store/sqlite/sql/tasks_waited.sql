-- Arguments: lane, how many to look at, waiting since when at the least, how many at the most. Answers those of the
-- first tasks of a lane that have waited for that long.
SELECT line.place, line.id, line.lane, line.queue, line.status
FROM (
    SELECT place, id, lane, queue, status, waiting_since FROM tasks
    WHERE status = 'W' AND lane = ?
    ORDER BY position
    LIMIT ?
) AS line
WHERE line.waiting_since <= ?
LIMIT ?
