-- Rows: worker, messages. Counts what a worker is told; answers how often it was told so far.
WITH batch (worker, messages) AS (VALUES {rows})
UPDATE turns SET told = turns.told + batch.messages FROM batch WHERE turns.worker = batch.worker
RETURNING worker, told
