-- Arguments: place. Answers the ends of the task's attempts, oldest first.
SELECT attempt, retry_attempt, worker, started_at, ended_at, detail FROM attempt_ends WHERE place = ? ORDER BY attempt
