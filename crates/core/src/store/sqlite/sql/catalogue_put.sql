-- Rows: name, version, registration. The newest registration wins.
WITH batch (name, version, registration) AS (VALUES {rows})
INSERT INTO catalogue (name, version, registration)
SELECT name, version, registration FROM batch WHERE name IS NOT NULL
ON CONFLICT (name, version) DO UPDATE SET registration = excluded.registration
