-- tasks: several tasks, whole. No transition.
-- args     bytes: records and what is rare are read until they have this many
-- ARGV[2]… ids (16 bytes each)
-- Answers  in order, at least for the first id, and for no more than `bytes` allows: false if unknown, else the record,
--          its due time or false, its policy or false, the hash r: as pairs
local answers = {}
local bytes = 0
for i = 2, #ARGV do
  local id = ARGV[i]
  local v = call('GET', P .. 't:' .. id)
  local r = read(v)
  if not r then
    answers[#answers + 1] = false
  else
    local lane = lane_of(v, r)
    local due = r.state == 'L' and tonumber(call('ZSCORE', P .. 'scheduled:' .. lane.queue, id) or '')
    local rare = has(r, RARE) and call('HGETALL', P .. 'r:' .. id) or {}
    bytes = bytes + #v
    for k = 2, #rare, 2 do bytes = bytes + #rare[k] end
    if bytes > args.bytes and i > 2 then break end
    answers[#answers + 1] =
      { v, due or false, r.attempt > 0 and call('HGET', P .. 'policies', r.policy), rare }
  end
end
return answers
