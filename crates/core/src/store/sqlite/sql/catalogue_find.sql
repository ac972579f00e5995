-- Rows: name, version. Answers the registrations of these task types.
WITH batch (name, version) AS (VALUES {rows})
SELECT catalogue.registration FROM batch CROSS JOIN catalogue
WHERE catalogue.name = batch.name AND catalogue.version = batch.version
