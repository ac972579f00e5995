-- Answers the last place that was given in the log, also if its task is gone.
SELECT max(
    ifnull((SELECT max(place) FROM tasks), 0),
    ifnull((SELECT CAST(value AS INTEGER) FROM store_meta WHERE name = 'last_place'), 0)
) AS place
