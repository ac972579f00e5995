-- Arguments: process, what it says of itself, now, until when it counts as alive. Answers whether it shall drain.
INSERT INTO processes (process, info, last_seen, deadline) VALUES (?, ?, ?, ?)
ON CONFLICT (process)
DO UPDATE SET info = excluded.info, last_seen = excluded.last_seen, deadline = excluded.deadline
RETURNING draining
