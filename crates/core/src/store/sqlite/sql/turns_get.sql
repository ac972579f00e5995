-- Arguments: worker. Answers what is kept of its last turn.
SELECT sequence, claims, parked, claimed, finished FROM turns WHERE worker = ?
