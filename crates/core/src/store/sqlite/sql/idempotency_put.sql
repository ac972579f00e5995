-- Rows: key, place, until when it is remembered. The newest submission wins: who asks has found that there is no other.
WITH batch (key, place, until) AS (VALUES {rows})
INSERT INTO idempotency (key, place, until) SELECT key, place, until FROM batch WHERE key IS NOT NULL
ON CONFLICT (key) DO UPDATE SET place = excluded.place, until = excluded.until
