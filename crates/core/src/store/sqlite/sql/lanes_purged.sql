-- Arguments: queue. Answers its lanes in which tasks wait.
SELECT lane FROM lanes WHERE queue = ? AND waiting > 0
