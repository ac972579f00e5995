-- purge: waiting -> cancelled, and scheduled -> cancelled: tasks of a queue.
-- args     queue, before (milliseconds: waiting since then or longer; scheduled ones: submitted by then), scheduled (whether
--          these as well), limit, rehearsal (only count), from (nil = begin, or as answered)
-- Answers  now, tasks, where to go on or false: `L`, a due time, and entries of that time to pass over; or `W`, a sequence, 0
-- What is scheduled comes first, as it may become due meanwhile. What waits is found through the log, in the order in which it
-- was submitted: that order stays, whatever happens to the lanes. Entries of lanes are left behind, as by a cancellation.
local n, looked, bytes = 0, 0, 0

local function is_spent()
  return n >= args.limit and not args.rehearsal or looked >= MAX_EXAMINED or bytes >= MAX_BYTES
end

local function cancel(id, v, r)
  n = n + 1
  if args.rehearsal then return end
  local lane = lane_of(v, r)
  if r.state == 'W' then in_lanes[lane] = (in_lanes[lane] or 0) - 1 else left_queues[lane.queue] = true end
  end_unstarted(lane, id, v, r)
  if #v <= HEAD_READ then
    -- It was read whole, and is written together with others.
    replace(id, write(r, v))
  else
    bytes = bytes + rewrite(id, r)
  end
end

-- Answers where to go on, or nil at the end.
local function purge_scheduled(due, passed)
  local key = P .. 'scheduled:' .. args.queue
  while true do
    local some = call('ZRANGEBYSCORE', key, string.format('%d', due), '+inf', 'WITHSCORES', 'LIMIT', passed, 100)
    for i = 1, #some, 2 do
      if is_spent() then break end
      looked = looked + 1
      local at = tonumber(some[i + 1])
      if at ~= due then due, passed = at, 0 end
      local v = call('GETRANGE', P .. 't:' .. some[i], 0, HEAD_READ)
      local r = read(v)
      if r and r.state == 'L' and submitted_of(v, r) <= args.before then
        cancel(some[i], v, r)
        if args.rehearsal then passed = passed + 1 end
      else
        passed = passed + 1
      end
    end
    apply_unstarted()
    if is_spent() then return { 'L', due, passed } end
    if #some < 200 then return nil end
  end
end

-- Looks at a chunk of the log from `place` on. Answers the place behind what it saw.
local function purge_chunk(chunk, place)
  local ids = call('LRANGE', P .. 'log:' .. chunk, place % CHUNK, -1)
  for i, id in ipairs(ids) do
    if is_spent() then return place + i - 1 end
    looked = looked + 1
    local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
    local r = read(v)
    if r and r.state == 'W' and sequence_of(v, r) == place + i - 1 and lane_of(v, r).queue == args.queue
      and waiting_since(v, r) <= args.before then
      cancel(id, v, r)
    end
  end
  return (chunk + 1) * CHUNK
end

local function purge_waiting(place)
  while true do
    local chunks = call('ZRANGEBYSCORE', P .. 'chunks', math.floor(place / CHUNK), '+inf', 'LIMIT', 0, 50)
    if #chunks == 0 then return nil end
    for i, member in ipairs(chunks) do chunks[i] = tonumber(string.match(member, '^%d+')) end
    local counted = call('HMGET', P .. 'waits:' .. args.queue, unpack(chunks))
    for i, chunk in ipairs(chunks) do
      if is_spent() then return { 'W', place, 0 } end
      place = math.max(place, chunk * CHUNK)
      if counted[i] then
        place = purge_chunk(chunk, place)
      else
        looked = looked + 1
        place = (chunk + 1) * CHUNK
      end
    end
  end
end

-- A write that is not refused when memory is full.
if not args.rehearsal then call('DEL', P .. 't:') end
local stage, place, passed = unpack(args.from or { args.scheduled and 'L' or 'W', 0, 0 })
local go_on
if stage == 'L' then
  go_on = purge_scheduled(place, passed)
  place = 0
end
if not go_on then
  go_on = purge_waiting(place)
  apply_unstarted()
end
return { now, n, go_on or false }
