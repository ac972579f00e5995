-- counts: how many tasks of some queues wait, are scheduled, are dead letters. No transition.
-- args     behind (a queue, or empty = begin)
-- Answers  in order of names, five values a queue: name, waiting, scheduled, dead, since when the first task of its lanes
--          waits or false. Nothing if there is no queue behind that one.

-- Since when the first live entry of a lane waits. Nothing if the lane begins with many dead entries.
local function first_waits_since(lane)
  for _, id in ipairs(call('LRANGE', lane.key, 0, MAX_DEAD_ENTRIES - 1)) do
    local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
    local r = read(v)
    if r and r.state == 'W' and is_of(lane, v, r.body) then
      return waiting_since(v, r)
    end
  end
end

local answers = {}
local looked = 0
local from = args.behind == '' and '-' or '(' .. args.behind
for _, queue in ipairs(call('ZRANGEBYLEX', P .. 'queues', from, '+', 'LIMIT', 0, MAX_LOOKED_AT)) do
  if looked >= MAX_LOOKED_AT then break end
  local waiting, oldest = 0, false
  local lanes = call('HGETALL', P .. 'lanes:' .. queue)
  for i = 1, #lanes, 2 do
    waiting = waiting + tonumber(lanes[i + 1])
    local since = first_waits_since(lane_named(queue .. ':' .. lanes[i]))
    if since and (not oldest or since < oldest) then oldest = since end
  end
  looked = looked + 1 + #lanes / 2
  answers[#answers + 1] = queue
  answers[#answers + 1] = waiting
  answers[#answers + 1] = call('ZCARD', P .. 'scheduled:' .. queue)
  answers[#answers + 1] = tonumber(call('HGET', P .. 'dead', queue) or 0)
  answers[#answers + 1] = oldest
end
return answers
