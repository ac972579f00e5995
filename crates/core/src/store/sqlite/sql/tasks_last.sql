-- Answers the last place in the log.
SELECT max(place) AS place FROM tasks
