-- drain: a live worker is asked to drain.
-- KEYS[1] what global keys begin with · ARGV: id, for how long this is kept (milliseconds), what channels begin with
-- Answers 1 if it is alive, else 0
local deadline = tonumber(redis.call('ZSCORE', KEYS[1] .. 'workers', ARGV[1]) or '')
if not deadline or deadline <= now then return 0 end
local key = KEYS[1] .. 'drain:' .. ARGV[1]
-- A write that is not refused when memory is full.
redis.call('DEL', key)
redis.call('SET', key, '1', 'PX', ARGV[2])
redis.call('PUBLISH', ARGV[3] .. 'drain:' .. ARGV[1], '')
return 1
