-- Arguments: a time. Forgets the last turns of processes that ended before it.
DELETE FROM turns WHERE worker IN (SELECT process FROM processes WHERE deadline < ?)
