-- Arguments: a table's name. Answers one row if there is such a table.
SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = ?
