-- Arguments: now, how many at the most. Answers tasks that can start no more, the longest expired first.
SELECT place, id, status, lane, queue FROM tasks INDEXED BY tasks_expiring
WHERE expiring <= ? AND status IN ('W', 'L') ORDER BY expiring, place LIMIT ?
