-- Arguments: now, since when the store was away. Gives each lease that ended in that time once more.
-- Answers the length of each.
WITH given (now, since) AS (VALUES (?, ?))
UPDATE tasks SET deadline = given.now + tasks.lease, excused = 1
FROM given
WHERE tasks.status = 'R' AND tasks.deadline <= given.now AND tasks.deadline > given.since
RETURNING lease
