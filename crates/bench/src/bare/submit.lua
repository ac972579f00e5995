-- The bare submission of a batch.
-- KEYS[1] what keys begin with · ARGV: the value of every task, then their ids
local P = KEYS[1]
local call = redis.call

local pairs, ids = {}, {}
for i = 2, #ARGV do
  local n = i - 1
  ids[n] = ARGV[i]
  pairs[n * 2 - 1] = P .. 't:' .. ARGV[i]
  pairs[n * 2] = ARGV[1]
end
call('MSET', unpack(pairs))
call('RPUSH', P .. 'queue', unpack(ids))
