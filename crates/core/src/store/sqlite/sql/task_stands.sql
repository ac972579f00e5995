-- Arguments: id. Answers where a task stands that waits.
SELECT tasks.lane, tasks.position, tasks.queue, lanes.name, lanes.version, lanes.priority, lanes.waiting
FROM tasks CROSS JOIN lanes
WHERE tasks.id = ? AND tasks.status = 'W' AND lanes.lane = tasks.lane
