-- Arguments: a time. Forgets buckets that were of use until before it.
DELETE FROM rate_buckets WHERE until < ?
