-- Arguments: queue, name, version. Answers its lanes in which tasks wait.
SELECT lane FROM lanes WHERE queue = ? AND name = ? AND version = ? AND waiting > 0 ORDER BY priority
