-- Counts that queues or roles have changed; answers how often so far.
INSERT INTO store_meta (name, value) VALUES ('routing', '1')
ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(store_meta.value AS INTEGER) + 1 AS TEXT)
RETURNING value
