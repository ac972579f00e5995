-- Arguments: id. Answers its place in the log.
SELECT place FROM tasks WHERE id = ?
