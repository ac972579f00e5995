-- Arguments: now, how many at the most. Answers started tasks whose lease is over, with all that a decision needs.
SELECT tasks.id, tasks.queue, tasks.token, tasks.worker, tasks.attempt, tasks.lost, tasks.started_at, tasks.deadline,
    tasks.excused, tasks.progress, lanes.name, lanes.version, policies.body AS policy_body
FROM tasks CROSS JOIN lanes LEFT JOIN policies ON policies.policy = tasks.policy
WHERE tasks.status = 'R' AND tasks.deadline <= ? AND lanes.lane = tasks.lane
ORDER BY tasks.deadline
LIMIT ?
