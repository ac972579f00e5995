-- The bare worker: finishes a batch and claims the next.
-- KEYS[1] what keys begin with · ARGV: how many to claim, then the ids to finish · answers pairs of id and value
local P = KEYS[1]
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local n = #ARGV - 1
if n > 0 then
  local running, ended = {}, {}
  for i = 1, n do
    local id = ARGV[i + 1]
    running[i] = id
    ended[i * 2 - 1] = now
    ended[i * 2] = id
    call('HSET', P .. 'r:' .. id, 'state', 'C', 'ended', now, 'result', 'null')
  end
  call('ZREM', P .. 'running', unpack(running))
  call('ZADD', P .. 'ended', unpack(ended))
end

local ids = call('LPOP', P .. 'queue', ARGV[1])
if not ids or #ids == 0 then return {} end
local keys, running, answers = {}, {}, {}
for i, id in ipairs(ids) do keys[i] = P .. 't:' .. id end
local found = call('MGET', unpack(keys))
for i, id in ipairs(ids) do
  call('SETRANGE', keys[i], 0, 'R')
  call('HSET', P .. 'r:' .. id, 'state', 'R', 'started', now)
  running[i * 2 - 1] = now + 10000
  running[i * 2] = id
  answers[i] = { id, found[i] }
end
call('ZADD', P .. 'running', unpack(running))
return answers
