-- Arguments: process, now. Answers what it says of itself, if it is alive.
SELECT info FROM processes WHERE process = ? AND deadline > ?
