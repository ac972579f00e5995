-- Arguments: now, how many at the most. Forgets keys that are remembered no longer.
DELETE FROM idempotency
WHERE key IN (SELECT old.key FROM idempotency AS old WHERE old.until <= ? ORDER BY old.until LIMIT ?)
