-- Answers when the next task expires.
SELECT min(expiring) AS expiring FROM tasks WHERE expiring IS NOT NULL
