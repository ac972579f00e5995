-- Arguments: lane, position, how many at the most. Answers how many tasks of the lane come first, and the last position
-- of these.
SELECT count(*) AS tasks, max(line.position) AS position
FROM (
    SELECT position FROM tasks WHERE status = 'W' AND lane = ? AND position < ? ORDER BY position LIMIT ?
) AS line
