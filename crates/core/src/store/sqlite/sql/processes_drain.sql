-- Arguments: process. It shall drain.
UPDATE processes SET draining = 1 WHERE process = ?
