-- Arguments: now, place. Waiting or scheduled → cancelled; who asks has checked the status in the same transaction.
UPDATE tasks SET status = 'X', position = NULL, run_at = NULL, ended_at = ? WHERE place = ?
