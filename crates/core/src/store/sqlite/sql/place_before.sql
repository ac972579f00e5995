-- Arguments: a place. Answers when the task there, or else the one before, was submitted.
SELECT submitted_at FROM tasks WHERE place <= ? ORDER BY place DESC LIMIT 1
