-- Arguments: now, place. Records that a started task is to end.
UPDATE tasks SET cancel_requested_at = ? WHERE place = ?
