-- A walk along one index, made of this text: {index}, the tasks {among} that it has, and the {time} that it is ordered
-- by.
-- Arguments: 1 time and 2 place to go on behind, 3 the last time, 4 how many at the most. Answers tasks in order.
SELECT tasks.{time} AS time, tasks.place AS place, tasks.id AS id
FROM tasks INDEXED BY {index}
WHERE {among} AND tasks.{time} = ?1 AND tasks.place > ?2 AND ?1 <= ?3
UNION ALL
SELECT tasks.{time}, tasks.place, tasks.id
FROM tasks INDEXED BY {index}
WHERE {among} AND tasks.{time} > ?1 AND tasks.{time} <= ?3
ORDER BY time, place
LIMIT ?4
