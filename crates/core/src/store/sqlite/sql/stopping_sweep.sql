-- Arguments: a time. Forgets attempts whose lease was over before it.
DELETE FROM stopping WHERE deadline < ?
