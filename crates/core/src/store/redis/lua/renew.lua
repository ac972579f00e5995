-- renew: extends leases, records heartbeats and progress. No transition.
-- args     lease (milliseconds)
-- ARGV[2]… a lease each: id (16 bytes), token (8), beaten (1: 0 or 1), heartbeat interval (6, milliseconds, 0 = none),
--          progress (msgpack, may be empty)
-- Answers  now, then a letter a lease: K kept, C kept and to be cancelled, T taken
local answers = { now }
local kept = false
local none = P .. 't:'
-- A write that is not refused when memory is full.
call('DEL', none)
for i = 2, #ARGV do
  local id, token, beaten, interval = struct.unpack('>c16c8BI6', ARGV[i])
  local key = P .. 't:' .. id
  local v = call('GETRANGE', key, 0, HEAD_READ)
  local r = read(v)
  if not r or r.state ~= 'R' or r.token ~= token then
    answers[i] = 'T'
    keep_place_longer(id .. token, now + args.lease)
  else
    local lane = lane_of(v, r)
    gather('ZADD', lane.started, now + args.lease, id)
    kept = true
    if not lane.marked then
      -- A lease may be renewed to a shorter one.
      lane.marked = true
      call('ZADD', P .. 'deadlines', 'LT', now + args.lease, lane.kind)
      -- Also of what a program started that did not say so.
      mark_running(lane)
    end
    if beaten == 1 then
      local rare = P .. 'r:' .. id
      local flags = r.flags
      set(r, RARE)
      call('HSET', rare, 'h', string.format('%d', now))
      if #ARGV[i] > 31 then call('HSET', rare, 'p', string.sub(ARGV[i], 32)) end
      if interval > 0 then
        set(r, SILENCE)
        gather('ZADD', P .. 'silence:' .. lane.queue, now + interval, id)
      else
        set(r, BEATS)
        gather('ZADD', P .. 'beats:' .. lane.queue, now, id)
      end
      if r.flags ~= flags then call('SETRANGE', key, 1, string.char(r.flags)) end
    end
    answers[i] = has(r, CANCEL) and 'C' or 'K'
  end
end
if kept then
  call('ZADD', P .. 'leases', now, args.lease)
  apply(now)
end
return answers
