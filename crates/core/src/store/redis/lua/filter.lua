-- Which tasks a list lets through; shared by the scripts of lists.
-- args.filter  all of it optional: queue, name, version (as parts of keys), worker (8 bytes), since and before
--              (milliseconds: not before the one, and before the other)
local filter = args.filter

local function is_in_time(time)
  return (not filter.since or time >= filter.since) and (not filter.before or time < filter.before)
end

-- Whether the record `v` whose head is `r` is let through, time apart.
local function admits(v, r)
  if filter.worker and not (r.attempt > 0 and r.worker == filter.worker) then return false end
  if filter.queue or filter.name or filter.version then
    local lane = lane_of(v, r)
    if filter.queue and lane.queue ~= filter.queue then return false end
    local name, version = string.match(lane.task_type, '^(.*)@(%d+)$')
    if filter.name and name ~= filter.name then return false end
    if filter.version and version ~= filter.version then return false end
  end
  return true
end

-- Whether id `a` is less than `b`, bytes compared as Redis does (Lua's `<` would ask the locale).
local function is_less(a, b)
  local a1, a2, a3 = struct.unpack('>I6I6I4', a)
  local b1, b2, b3 = struct.unpack('>I6I6I4', b)
  if a1 ~= b1 then return a1 < b1 end
  if a2 ~= b2 then return a2 < b2 end
  return a3 < b3
end
