-- hasten: scheduled -> waiting, at the tail, before it is due.
-- args     nothing
-- ARGV[2]… ids (16 bytes each)
-- Answers  in order: `A` it waits; `C` and the state that does not allow it; `N` unknown
-- A write that is not refused when memory is full.
call('DEL', P .. 't:')
local answers = {}
local queues = {}
for i = 2, #ARGV do
  local id = ARGV[i]
  local key = P .. 't:' .. id
  local v = call('GETRANGE', key, 0, HEAD_READ)
  local r = read(v)
  if not r then
    answers[i - 1] = 'N'
  elseif r.state ~= 'L' then
    answers[i - 1] = 'C' .. r.state
  else
    local lane = lane_of(v, r)
    gather('ZREM', P .. 'scheduled:' .. lane.queue, id)
    queues[lane.queue] = true
    call('SETRANGE', key, 0, 'W')
    wait(lane, id, false, sequence_of(v, r))
    moved(id, 'W')
    answers[i - 1] = 'A'
  end
end
apply(now)
for queue in pairs(queues) do refresh_due(queue) end
return answers
