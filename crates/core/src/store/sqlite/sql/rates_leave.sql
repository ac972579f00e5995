-- Arguments: 1 queue, 2 when what counts no more had its last start at the latest. Forgets its buckets.
DELETE FROM rate_buckets WHERE queue = ?1 AND first <= ?2 AND last <= ?2
