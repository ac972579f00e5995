-- Before tasks are removed: remembers the last place that was given, so that it is not given again.
INSERT INTO store_meta (name, value)
SELECT 'last_place', CAST(max(
    ifnull((SELECT max(place) FROM tasks), 0),
    ifnull((SELECT CAST(value AS INTEGER) FROM store_meta WHERE name = 'last_place'), 0)
) AS TEXT)
WHERE TRUE
ON CONFLICT (name) DO UPDATE SET value = excluded.value
