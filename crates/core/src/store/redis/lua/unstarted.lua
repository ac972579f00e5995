-- Ends what has not started: waiting or scheduled -> cancelled, or dropped (`to`). Shared by cancel.lua, expire.lua,
-- drop.lua and turn.lua; the caller writes the record, and counts its lanes where it takes entries from them.
local function end_unstarted(lane, id, v, r, to)
  to = to or 'X'
  if r.state == 'W' then
    count_waiting(lane, sequence_of(v, r), -1)
  else
    gather('ZREM', P .. 'scheduled:' .. lane.queue, id)
  end
  if has(r, EXPIRES) then gather('ZREM', P .. 'expires', id) end
  clear(r, EXPIRES)
  r.state = to
  r.ended = now
  finish(lane, id, STATUS[to])
  tally(lane.queue, STATUS[to])
  moved(id, to)
end

local left_queues = {}      -- queues with fewer scheduled tasks than before

-- The same of a task that no claim has taken from its lane. Answers how many bytes of its record were moved.
local function cancel_unstarted(id, v, r)
  local lane = lane_of(v, r)
  if r.state == 'W' then in_lanes[lane] = (in_lanes[lane] or 0) - 1 else left_queues[lane.queue] = true end
  end_unstarted(lane, id, v, r)
  return rewrite(id, r)
end

-- Writes all that was gathered of them.
local function apply_unstarted()
  apply(now)
  for queue in pairs(left_queues) do refresh_due(queue) end
end
