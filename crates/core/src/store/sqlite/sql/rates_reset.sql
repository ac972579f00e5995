-- Arguments: queue. Forgets all of its starts.
DELETE FROM rate_buckets WHERE queue = ?
