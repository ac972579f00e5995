-- Arguments: worker. Answers what is kept of its last turn.
SELECT sequence, claims, parked, claimed, finished, next_slot FROM turns WHERE worker = ?
