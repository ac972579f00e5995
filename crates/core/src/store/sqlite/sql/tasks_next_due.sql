-- Answers when the next scheduled task is due.
SELECT min(run_at) AS run_at FROM tasks WHERE status = 'L'
