-- A walk along one index, made of this text: {index}, the tasks {among} that it has, the {time} that it is ordered by, and
-- the time {since} which they are there.
-- Arguments: 1 time and 2 place to go on behind, 3 the last time, 4 how many at the most, 5 the lane or queue that the
-- index is for. Answers tasks in order.
SELECT tasks.{time} AS time, tasks.place AS place, tasks.id AS id, tasks.status AS status, tasks.lane AS lane,
    tasks.queue AS queue, tasks.{since} AS since
FROM tasks INDEXED BY {index}
WHERE {among} AND tasks.{time} = ?1 AND tasks.place > ?2 AND ?1 <= ?3
UNION ALL
SELECT tasks.{time}, tasks.place, tasks.id, tasks.status, tasks.lane, tasks.queue, tasks.{since}
FROM tasks INDEXED BY {index}
WHERE {among} AND tasks.{time} > ?1 AND tasks.{time} <= ?3
ORDER BY time, place
LIMIT ?4
