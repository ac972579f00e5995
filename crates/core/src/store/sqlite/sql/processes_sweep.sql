-- Arguments: a time. Forgets processes that ended before it.
DELETE FROM processes WHERE deadline < ?
