-- Arguments: queue, a number of starts. Answers the last start of the bucket with which the total exceeds it.
SELECT last FROM rate_buckets WHERE queue = ? AND total > ? ORDER BY first LIMIT 1
