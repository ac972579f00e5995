-- Rows: processes. Answers those that shall drain.
WITH batch (process) AS (VALUES {rows})
SELECT processes.process FROM batch CROSS JOIN processes
WHERE processes.process = batch.process AND processes.draining = 1
