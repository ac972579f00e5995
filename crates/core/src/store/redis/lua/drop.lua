-- drop: waiting -> dropped, in order of the lanes.
-- args     queue, task_type (as parts of keys), waited (milliseconds), limit
-- Answers  now, tasks moved, 1 if there may be more, else 0
-- Looks at the first entries of each lane, and removes those behind which no task waits.
local n, looked, bytes = 0, 0, 0
local more = false

local function drop_from(lane)
  local ids = call('LRANGE', lane.key, 0, args.limit - n - 1)
  -- A write that is not refused when memory is full.
  call('LPOP', lane.key, #ids)
  looked = looked + #ids
  local kept, dropped = {}, 0
  for _, id in ipairs(ids) do
    local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
    local r = read(v)
    if r and r.state == 'W' and is_of(lane, v, r.body) then
      if bytes < MAX_BYTES and waiting_since(v, r) <= now - args.waited then
        end_unstarted(lane, id, v, r, 'D')
        bytes = bytes + rewrite(id, r)
        in_lanes[lane] = (in_lanes[lane] or 0) - 1
        dropped = dropped + 1
      else
        table.insert(kept, 1, id)
      end
    end
  end
  if #kept > 0 then call('LPUSH', lane.key, unpack(kept)) end
  n = n + dropped
  if #ids > #kept then more = true end
end

for priority = 0, 9 do
  if n >= args.limit or bytes >= MAX_BYTES then
    more = true
    break
  end
  local lane = lane_named(args.queue .. ':' .. args.task_type .. ':' .. priority)
  if call('HEXISTS', lane.lanes, lane.field) == 1 then drop_from(lane) end
end
apply(now)
return { now, n, more and 1 or 0 }
