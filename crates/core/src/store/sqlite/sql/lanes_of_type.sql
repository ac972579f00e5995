-- Arguments: 1 name, 2 version, NULL for any; 3 how many at the most. Answers the lanes.
SELECT lane FROM lanes WHERE name = ?1 AND (?2 IS NULL OR version = ?2) LIMIT ?3
