-- A walk along one index, made of this text: {index} and the tasks {among} that it has, the {time} that it is ordered
-- by, and {behind}, {within} and {direction} of the walk.
-- Arguments: 1 time and 2 place to go on behind, 3 where the time ends; 4 queue, 5 name, 6 version, 7 worker, each NULL
-- for any; 8 how many at the most; 9 the lane or queue that the index is for.
-- Answers tasks in order, and of each whether the arguments 4 to 7 admit it.
SELECT tasks.{time} AS time, tasks.place AS place, tasks.id AS id,
    (?4 IS NULL OR lanes.queue = ?4) AND (?5 IS NULL OR lanes.name = ?5) AND (?6 IS NULL OR lanes.version = ?6)
    AND (?7 IS NULL OR ifnull(tasks.worker = ?7, 0)) AS admitted
FROM tasks INDEXED BY {index} CROSS JOIN lanes
WHERE {among} AND tasks.{time} = ?1 AND tasks.place {behind} ?2 AND ?1 {within} ?3
    AND lanes.lane = tasks.lane
UNION ALL
SELECT tasks.{time}, tasks.place, tasks.id,
    (?4 IS NULL OR lanes.queue = ?4) AND (?5 IS NULL OR lanes.name = ?5) AND (?6 IS NULL OR lanes.version = ?6)
    AND (?7 IS NULL OR ifnull(tasks.worker = ?7, 0))
FROM tasks INDEXED BY {index} CROSS JOIN lanes
WHERE {among} AND tasks.{time} {behind} ?1 AND tasks.{time} {within} ?3
    AND lanes.lane = tasks.lane
ORDER BY time {direction}, place {direction}
LIMIT ?8
