-- Arguments: a name. Answers its value.
SELECT value FROM store_meta WHERE name = ?
