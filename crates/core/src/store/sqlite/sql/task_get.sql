-- Arguments: id. Answers the task, whole but for its attempts.
SELECT tasks.place, tasks.id, tasks.queue, tasks.status, tasks.result, tasks.attempt, tasks.failures, tasks.lost,
    tasks.progress, tasks.submitted_at, tasks.waiting_since, tasks.run_at, tasks.expires_at, tasks.started_at, tasks.heartbeat_at,
    tasks.ended_at, tasks.cancel_requested_at, tasks.worker, lanes.name, lanes.version, lanes.priority,
    bodies.parameters, bodies.metadata, bodies.trace_id, policies.body AS policy_body
FROM tasks CROSS JOIN lanes CROSS JOIN bodies LEFT JOIN policies ON policies.policy = tasks.policy
WHERE tasks.id = ? AND lanes.lane = tasks.lane AND bodies.place = tasks.place
