-- Arguments: 1 queue, 2 name and 3 version, each NULL for any; 4 how many at the most. Answers the lanes.
SELECT lane FROM lanes WHERE queue = ?1 AND (?2 IS NULL OR name = ?2) AND (?3 IS NULL OR version = ?3) LIMIT ?4
