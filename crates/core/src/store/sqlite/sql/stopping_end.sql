-- Rows: id, token. The code of these attempts has stopped. Answers lane and end of the lease of each that was kept.
WITH batch (id, token) AS (VALUES {rows})
DELETE FROM stopping WHERE (id, token) IN (SELECT id, token FROM batch)
RETURNING lane, deadline
