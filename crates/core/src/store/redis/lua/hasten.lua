-- hasten: scheduled -> waiting, at the tail, before it is due.
-- args     nothing
-- ARGV[2]… ids (16 bytes each)
-- Answers  in order: `A` it waits; `C` and the state that does not allow it; `N` unknown. Fewer than ids if these were
--          large: the rest is to be sent again.
-- A write that is not refused when memory is full.
call('DEL', P .. 't:')
local answers = {}
local queues = {}
local bytes = 0
for i = 2, #ARGV do
  if bytes >= MAX_BYTES then break end
  local id = ARGV[i]
  local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
  local r = read(v)
  if not r then
    answers[#answers + 1] = 'N'
  elseif r.state ~= 'L' then
    answers[#answers + 1] = 'C' .. r.state
  else
    local lane = lane_of(v, r)
    gather('ZREM', P .. 'scheduled:' .. lane.queue, id)
    queues[lane.queue] = true
    r.state = 'W'
    r.ended = now
    bytes = bytes + rewrite(id, r)
    wait(lane, id, false, sequence_of(v, r))
    moved(id, 'W')
    answers[#answers + 1] = 'A'
  end
end
apply(now)
for queue in pairs(queues) do refresh_due(queue) end
return answers
