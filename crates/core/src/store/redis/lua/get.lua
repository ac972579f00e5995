-- get: one task, whole. No transition.
-- args     id (16 bytes)
-- Answers  nil if unknown, else: the record, its due time or false, its policy or false, the hash r: as pairs
local v = call('GET', P .. 't:' .. args.id)
local r = read(v)
if not r then return false end
local lane = lane_of(v, r)
local due = r.state == 'L' and tonumber(call('ZSCORE', P .. 'scheduled:' .. lane.queue, args.id) or '')
local rare = has(r, RARE) and call('HGETALL', P .. 'r:' .. args.id) or {}
return { v, due or false, r.attempt > 0 and call('HGET', P .. 'policies', r.policy), rare }
