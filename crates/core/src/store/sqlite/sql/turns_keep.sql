-- Arguments: worker, sequence, claims, parked, claimed, finished, now, next slot. Keeps a turn in place of the one before.
INSERT INTO turns (worker, sequence, claims, parked, claimed, finished, at, next_slot) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (worker)
DO UPDATE SET
    sequence = excluded.sequence,
    claims = excluded.claims,
    parked = excluded.parked,
    claimed = excluded.claimed,
    finished = excluded.finished,
    at = excluded.at,
    next_slot = excluded.next_slot
