-- Arguments: 1 queue, 2 name, 3 version, each NULL for any; 4 how many at the most. Answers the largest groups, the one
-- first to which a dead letter came last.
SELECT queue, name, version, error_type, message, tasks, first_at, last_at
FROM error_groups INDEXED BY error_groups_by_size
WHERE (?1 IS NULL OR queue = ?1) AND (?2 IS NULL OR name = ?2) AND (?3 IS NULL OR version = ?3)
ORDER BY tasks DESC, last_at DESC
LIMIT ?4
