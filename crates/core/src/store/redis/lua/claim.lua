-- Claims what the worker has room for; a part of turn.lua. Needs share.lua and take.lua.
-- A turn looks at a few queues, and in each at a few lanes, that take turns from call to call: a task costs the less the more
-- of its lane are taken with it, and fair is what many turns do.
local FEW, MANY = 2, 25       -- at least so many; of more only when so many tasks of each are wanted

local function few_of(tasks) return math.max(FEW, math.ceil(tasks / MANY)) end

-- The type's slots: {free, policy, heartbeat interval}.
local function slots_of(kind)
  local slots = claim.types[kind]
  if type(slots) == 'string' then
    slots = { struct.unpack('>I4c8I6', slots) }
    claim.types[kind] = slots
  end
  return slots
end

-- The n-th queue of the claim: {name, free}.
local function queue_at(n)
  local queue = claim.queues[n]
  if type(queue) == 'string' then
    local free, at = struct.unpack('>I4', queue)
    queue = { string.sub(queue, at), free }
    claim.queues[n] = queue
  end
  return queue
end

-- What waits in a queue that the worker could run: its lanes (`name@version:priority`, and how many tasks wait) by priority,
-- the best one first; nil if nothing does.
local function waiting_for(queue)
  if queue[2] <= 0 or is_spent() then return nil end
  local fields = call('HGETALL', P .. 'lanes:' .. queue[1])
  local cap, priorities, by = 0, {}, {}
  for i = 1, #fields, 2 do
    local field, waits = fields[i], fields[i + 1]
    local priority = string.byte(field, -1)
    local lanes = by[priority]
    if not lanes then
      lanes = { n = 0 }
      by[priority] = lanes
      priorities[#priorities + 1] = priority
    end
    lanes.n = lanes.n + 1
    lanes[lanes.n] = { field, waits }
    if cap < queue[2] then
      local slots = slots_of(string.sub(field, 1, -3))
      if slots then cap = cap + math.min(tonumber(waits), slots[1]) end
    end
  end
  if cap == 0 then return nil end
  table.sort(priorities)
  return { queue = queue, cap = math.min(cap, queue[2]), priorities = priorities, by = by }
end

-- How many tasks of a lane the worker could run now.
local none = { 0 }
local function cap_of(lane)
  if not lane.slots then
    lane.slots = slots_of(string.sub(lane[1], 1, -3)) or none
    lane.waits = tonumber(lane[2])
  end
  return math.min(lane.waits, lane.slots[1])
end

-- Takes up to `wanted` tasks from these lanes. Answers how many it took, and how many left them, also as they had expired.
local function take_from(queue, lanes, wanted)
  local taken, left, idle = 0, 0, 0
  local at = args.sequence * FEW % #lanes
  -- Round and round, as what expires or is dead gives its place to others.
  while taken < wanted and idle < #lanes do
    local some, looked = {}, 0
    while looked < #lanes and #some < few_of(wanted - taken) do
      local lane = lanes[at + 1]
      at = (at + 1) % #lanes
      looked = looked + 1
      lane.cap = cap_of(lane)
      if lane.cap > 0 then some[#some + 1] = lane end
    end
    idle = idle + looked
    divide(wanted - taken, some, args.sequence)
    for _, lane in ipairs(some) do
      if lane.share > 0 then
        local known = lane_named(queue[1] .. ':' .. lane[1])
        local got, expired = take(known, lane.slots, math.min(lane.share, lane.slots[1]))
        lane.slots[1] = lane.slots[1] - got
        queue[2] = queue[2] - got
        taken = taken + got
        free(known.queue, known.task_type, -got)
        got = got + expired
        left = left + got
        lane.waits = lane.waits - got
        if got > 0 then
          idle = 0
          -- No live entry: what the list still holds is dead.
          if add(known.lanes, known.field, -got) <= 0 then call('DEL', known.key) end
        end
      end
    end
  end
  return taken, left
end

-- Claims, from the queue with this number on. Answers with which one the next turn is to begin.
local function claim_tasks(at)
  local wanted, idle = claim.tasks, 0
  -- A type's free slots are shared by all queues, so one may leave slots that another can use; so may expired tasks.
  while wanted > 0 and idle < #claim.queues do
    local some, looked = {}, 0
    while looked < #claim.queues and #some < few_of(wanted) do
      some[#some + 1] = waiting_for(queue_at(at % #claim.queues + 1))
      at = at + 1
      looked = looked + 1
    end
    idle = idle + looked
    divide(wanted, some, args.sequence)
    for _, waiting in ipairs(some) do
      local share = waiting.share
      for _, priority in ipairs(waiting.priorities) do
        if share <= 0 then break end
        local taken, left = take_from(waiting.queue, waiting.by[priority], share)
        share = share - taken
        wanted = wanted - taken
        if left > 0 then idle = 0 end
      end
    end
  end
  if started > 0 then call('ZADD', P .. 'leases', now, args.lease) end
  return #claim.queues > 0 and at % #claim.queues or 0
end
