-- Answers of each lane how many tasks it has of each kind, and since when the first of those that wait waits.
SELECT lanes.queue, lanes.waiting, lanes.scheduled, lanes.started, lanes.dead,
    CASE WHEN lanes.waiting > 0 THEN (
        SELECT line.waiting_since FROM tasks AS line
        WHERE line.status = 'W' AND line.lane = lanes.lane
        ORDER BY line.position
        LIMIT 1
    ) END AS since
FROM lanes
