-- Forgets groups in which no dead letter is left.
DELETE FROM error_groups WHERE tasks <= 0
