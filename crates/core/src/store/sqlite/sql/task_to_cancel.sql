-- Arguments: id. Answers what decides how the task is cancelled.
SELECT place, status, lane, queue, worker, cancel_requested_at FROM tasks WHERE id = ?
