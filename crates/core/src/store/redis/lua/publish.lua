-- publish: writes fields of a hash, also when memory is full: a worker must be able to start, so that a full store drains.
-- KEYS[1] the hash · ARGV: fields and values in turns
redis.call('DEL', KEYS[1] .. ':')
for i = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
