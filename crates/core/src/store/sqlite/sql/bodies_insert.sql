-- Rows: place, fingerprint, parameters, metadata, trace id. What was submitted.
WITH batch (place, fingerprint, parameters, metadata, trace_id) AS (VALUES {rows})
INSERT INTO bodies (place, fingerprint, parameters, metadata, trace_id)
SELECT place, fingerprint, parameters, metadata, trace_id FROM batch WHERE place IS NOT NULL
