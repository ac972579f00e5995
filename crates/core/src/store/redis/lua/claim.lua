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

-- What waits in a queue that the worker could run; nil if nothing does. `fields` has in turns its lanes
-- (`name@version:priority`) and how many tasks wait in each; `by` their places there by priority, the best one first in
-- `priorities`. There may be hundreds: of those that are not looked at in this turn no more is made than that.
local function waiting_for(queue)
  if queue[2] <= 0 or is_spent() then return nil end
  local fields = call('HGETALL', P .. 'lanes:' .. queue[1])
  local byte, sub = string.byte, string.sub
  local cap, free_here, priorities, by = 0, queue[2], {}, {}
  for i = 1, #fields, 2 do
    local priority = byte(fields[i], -1)
    local places = by[priority]
    if not places then
      places = {}
      by[priority] = places
      priorities[#priorities + 1] = priority
    end
    places[#places + 1] = i
    if cap < free_here then
      local slots = slots_of(sub(fields[i], 1, -3))
      if slots then cap = cap + math.min(tonumber(fields[i + 1]), slots[1]) end
    end
  end
  if cap == 0 then return nil end
  table.sort(priorities)
  return { queue = queue, cap = math.min(cap, free_here), priorities = priorities, by = by, fields = fields, lanes = {} }
end

local none = { 0 }
local function lane_at(waiting, place)
  local lane = waiting.lanes[place]
  if not lane then
    local field = waiting.fields[place]
    lane = { field = field, waits = tonumber(waiting.fields[place + 1]), slots = slots_of(string.sub(field, 1, -3)) or none }
    waiting.lanes[place] = lane
  end
  return lane
end

-- Takes up to `wanted` tasks from the lanes of a queue at these places. Answers how many it took, and how many left them, also
-- as they had expired.
local function take_from(waiting, places, wanted)
  local queue = waiting.queue
  local taken, left, idle = 0, 0, 0
  local at = args.sequence * FEW % #places
  -- Round and round, as what expires or is dead gives its place to others.
  while taken < wanted and idle < #places do
    local some, looked = {}, 0
    while looked < #places and #some < few_of(wanted - taken) do
      local lane = lane_at(waiting, places[at + 1])
      at = (at + 1) % #places
      looked = looked + 1
      lane.cap = math.min(lane.waits, lane.slots[1])
      if lane.cap > 0 then some[#some + 1] = lane end
    end
    idle = idle + looked
    divide(wanted - taken, some, args.sequence)
    for _, lane in ipairs(some) do
      if lane.share > 0 then
        local known = lane_named(queue[1] .. ':' .. lane.field)
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
        local taken, left = take_from(waiting, waiting.by[priority], share)
        share = share - taken
        wanted = wanted - taken
        if left > 0 then idle = 0 end
      end
    end
  end
  if started > 0 then call('ZADD', P .. 'leases', now, args.lease) end
  return #claim.queues > 0 and at % #claim.queues or 0
end
