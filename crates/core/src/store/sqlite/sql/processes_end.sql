-- Arguments: now, process. It does not count as alive any more.
UPDATE processes SET deadline = ?, draining = 0 WHERE process = ?
