-- Arguments: now. Answers the processes that are alive.
SELECT info, last_seen FROM processes WHERE deadline > ?
