-- Arguments: now, how many at the most. Answers due tasks in order of their due times.
SELECT place, lane, run_at FROM tasks WHERE status = 'L' AND run_at <= ? ORDER BY run_at, place LIMIT ?
