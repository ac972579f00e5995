-- Arguments: 1 queue, 2 priority. Answers how many tasks of better priority wait in the queue, and of how many types some
-- of this priority do.
SELECT ifnull(sum(CASE WHEN priority < ?2 THEN waiting END), 0) AS better, ifnull(sum(priority = ?2), 0) AS types
FROM lanes WHERE queue = ?1 AND waiting > 0 AND priority <= ?2
