-- Arguments: a minute. Forgets the counts before it.
DELETE FROM tallies WHERE minute < ?
