-- Arguments: now, process. It does not count as alive any more.
UPDATE processes SET deadline = ? WHERE process = ?
