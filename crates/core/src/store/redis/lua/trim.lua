-- trim: removes entries of lanes behind which no task waits. No transition.
-- args     since, up_to (milliseconds, each optional: entries of unknown tasks only if their ids carry a time in between),
--          rehearsal (only count), from (nil = begin, or: queue, and the field of `lanes:<queue>` to go on with)
-- Answers  now, entries of unknown tasks, other dead entries, where to go on (as `from`) or false
-- Looks at both ends of each lane; further in only as long as all that it saw is dead. What is between live entries is
-- passed over, and removed, by claims.
local WINDOW = 500
local gone, dead, looked = 0, 0, 0

-- Whether the entry stays; counts it if it does not. `live` gathers the tasks that wait.
local function stays(lane, id, live)
  local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
  local r = read(v)
  if not r then
    local time = struct.unpack('>I6', id)
    if args.since and time < args.since or args.up_to and time > args.up_to then return true end
    gone = gone + 1
    return false
  end
  if r.state == 'W' and is_of(lane, v, r.body) then
    live[id] = true
    return true
  end
  dead = dead + 1
  return false
end

-- Looks at a piece of a lane, at its head or its tail. Answers how many entries it has, and whether none of them stays.
local function look_at(lane, at_head, first, last, live)
  local ids = call('LRANGE', lane.key, first, last)
  looked = looked + #ids
  local kept = {}
  for _, id in ipairs(ids) do
    if stays(lane, id, live) then kept[#kept + 1] = id end
  end
  if not args.rehearsal and #kept < #ids then
    call(at_head and 'LPOP' or 'RPOP', lane.key, #ids)
    if at_head then
      for i = 1, math.floor(#kept / 2) do kept[i], kept[#kept + 1 - i] = kept[#kept + 1 - i], kept[i] end
    end
    if #kept > 0 then call(at_head and 'LPUSH' or 'RPUSH', lane.key, unpack(kept)) end
  end
  return #ids, #ids > 0 and #kept == 0
end

-- Answers whether there may be more to remove.
local function trim(lane)
  local length = call('LLEN', lane.key)
  local whole = length <= WINDOW
  local live = {}
  -- What a rehearsal has seen from either end: it removes nothing, and must count nothing twice.
  local seen = { 0, 0 }
  for ending = 1, whole and 1 or 2 do
    local at_head, goes_on = ending == 1, true
    while goes_on do
      if looked >= MAX_EXAMINED then return not args.rehearsal end
      local n
      if not args.rehearsal then
        n, goes_on = look_at(lane, at_head, at_head and 0 or -WINDOW, at_head and WINDOW - 1 or -1, live)
      elseif at_head then
        n, goes_on = look_at(lane, true, seen[1], seen[1] + WINDOW - 1, live)
      else
        local last = length - 1 - seen[2]
        if last < seen[1] then break end
        n, goes_on = look_at(lane, false, math.max(last - WINDOW + 1, seen[1]), last, live)
      end
      seen[ending] = seen[ending] + n
    end
  end
  if whole and not args.rehearsal then
    -- All of it was seen: its count of live entries is mended if it was wrong.
    local n = 0
    for _ in pairs(live) do n = n + 1 end
    local counted = tonumber(call('HGET', lane.lanes, lane.field) or 0)
    if counted ~= n and add(lane.lanes, lane.field, n - counted) <= 0 then call('DEL', lane.key) end
  end
  return false
end

-- A write that is not refused when memory is full.
if not args.rehearsal then call('DEL', P .. 't:') end
local from = args.from
local go_on = false
local queues = call('ZRANGEBYLEX', P .. 'queues', from and '[' .. from[1] or '-', '+', 'LIMIT', 0, MAX_LOOKED_AT)
for _, queue in ipairs(queues) do
  looked = looked + 1
  local fields = call('HKEYS', P .. 'lanes:' .. queue)
  table.sort(fields)
  for _, field in ipairs(fields) do
    if not (from and queue == from[1] and field < from[2]) then
      if looked >= MAX_EXAMINED or trim(lane_named(queue .. ':' .. field)) then
        go_on = { queue, field }
        break
      end
    end
  end
  if go_on then break end
end
-- What comes next in order of names.
if not go_on and #queues == MAX_LOOKED_AT then go_on = { queues[#queues] .. '\0', '' } end
return { now, gone, dead, go_on }
