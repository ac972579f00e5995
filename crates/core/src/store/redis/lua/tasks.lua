-- tasks: several tasks, whole. No transition.
-- args     bytes: parameters, results, metadata and ends of attempts are read until they have this many; of each of the
--          last two a little is free
-- ARGV[2]… ids (16 bytes each)
-- Answers  in order, at least for the first id, and for no more than `bytes` allows: false if unknown, else the record,
--          its due time or false, its policy or false, the hash r: as pairs
local FREE = 200
local answers = {}
local bytes = 0

local function beyond_free(value) return math.max(0, #value - FREE) end

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
    -- Lane and extra are before the parameters, whose length is before them; the result is behind.
    local _, extra, behind
    _, behind = struct.unpack('>I2c0', v, r.body + LANE)
    extra, behind = struct.unpack('>I3c0', v, behind)
    bytes = bytes + #v - behind - 3 + beyond_free(extra)
    for k = 2, #rare, 2 do bytes = bytes + beyond_free(rare[k]) end
    if bytes > args.bytes and i > 2 then break end
    answers[#answers + 1] =
      { v, due or false, r.attempt > 0 and call('HGET', P .. 'policies', r.policy), rare }
  end
end
return answers
