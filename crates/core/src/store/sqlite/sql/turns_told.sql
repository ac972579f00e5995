-- Rows: workers. Answers how often each was told to renew.
WITH batch (worker) AS (VALUES {rows})
SELECT turns.worker, turns.told FROM batch CROSS JOIN turns WHERE turns.worker = batch.worker
