-- Arguments: lane. Answers the last position at which a task of the lane waits.
SELECT max(position) AS position FROM tasks WHERE status = 'W' AND lane = ?
