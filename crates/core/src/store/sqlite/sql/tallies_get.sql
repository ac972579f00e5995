-- Arguments: first and last minute. Answers what happened in these.
SELECT minute, queue, submitted, started, completed, failed, cancelled, stalled, dropped, retried, lost
FROM tallies WHERE minute BETWEEN ? AND ?
