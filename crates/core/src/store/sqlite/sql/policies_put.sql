-- Rows: reference, policy. A policy under the same reference is the same.
WITH batch (policy, body) AS (VALUES {rows})
INSERT INTO policies (policy, body) SELECT policy, body FROM batch WHERE policy IS NOT NULL
ON CONFLICT (policy) DO NOTHING
