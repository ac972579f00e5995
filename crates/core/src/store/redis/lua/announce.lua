-- announce: a process is alive for `ttl` from now on.
-- KEYS[1] what global keys begin with · ARGV: id, ttl (milliseconds), what it says of itself (JSON)
-- Answers 1 if it is asked to drain, else 0
local key = KEYS[1] .. 'worker:' .. ARGV[1]
-- A write that is not refused when memory is full.
redis.call('ZREMRANGEBYSCORE', KEYS[1] .. 'workers', '-inf', now - 86400000)
redis.call('SET', key, string.format('%d', now) .. ' ' .. ARGV[3], 'PX', ARGV[2])
redis.call('ZADD', KEYS[1] .. 'workers', now + ARGV[2], ARGV[1])
return redis.call('EXISTS', KEYS[1] .. 'drain:' .. ARGV[1])
