-- What limits over all workers leave of a claim, and where its worker waits for more. A part of turn.lua, made where it is needed.
-- Needs places.lua and rate.lua.
-- claim.limits  nil, or by what all workers together may do: queues and types (name -> tasks that may run), rates (name of a
--               queue -> {numerator, window in milliseconds})
local function lower(part, at, room, rate)
  part.own, part.room, part.rate = part[at], room, rate
  part[at] = math.min(part.own, room or part.own, rate and rate.left or part.own)
  part.granted = part[at]
end

-- The places of which this call has decided that their tasks leave them, but has not written it yet.
local function leaving()
  local in_queues, of_types = {}, {}
  for queue, places in pairs(freed_in) do in_queues[queue] = places end
  for task_type, places in pairs(freed_of) do of_types[task_type] = places end
  return { in_queues = in_queues, of_types = of_types }
end

-- Lowers what is free in the claim to what the limits leave. What the worker has free itself stays known as `own`.
local function apply_limits(claim, leaving)
  local limits = claim.limits
  local in_queues, of_types = leaving and leaving.in_queues or {}, leaving and leaving.of_types or {}
  for n = 1, #claim.queues do
    local queue = queue_at(n)
    local total, rate = limits.queues[queue[1]], limits.rates[queue[1]]
    lower(queue, 2, total and math.max(0, total - occupied_in(queue[1]) + (in_queues[queue[1]] or 0)), rate and rate_of(queue[1], rate[1], rate[2]))
  end
  for task_type in pairs(claim.types) do
    local slots = slots_of(task_type)
    local total = limits.types[task_type]
    lower(slots, 1, total and math.max(0, total - occupied_of(task_type) + (of_types[task_type] or 0)))
  end
end

local function take_off(part, at)
  local taken = part.granted - part[at]
  part.own = part.own - taken
  if part.room then part.room = part.room - taken end
  if part.rate and taken > 0 then count_starts(part.rate, taken) end
end

-- Counts what was started.
local function count_against_limits(claim)
  for _, queue in ipairs(claim.queues) do take_off(queue, 2) end
  for _, slots in pairs(claim.types) do take_off(slots, 1) end
end

-- Whether a rate limit, and nothing else, holds something back that the worker could run.
local function is_held_back(queue, types)
  if not queue.rate or queue.rate.left > 0 or queue.room == 0 then return false end
  local lanes = call('HGETALL', P .. 'lanes:' .. queue[1])
  for i = 1, #lanes, 2 do
    local slots = types[string.match(lanes[i], '^(.*):')]
    if slots and slots[1] > 0 and tonumber(lanes[i + 1]) > 0 then return true end
  end
  return false
end

-- Puts the worker where it is woken when there is something for it. Not for what a limit would keep from it anyway: for a place
-- it waits elsewhere, and for a rate it sets an alarm. Answers for when, or false.
local function park(claim, name)
  local types, full = {}, {}
  for task_type, slots in pairs(claim.types) do
    if (slots.own or slots[1]) > 0 then
      local into = slots.room == 0 and full or types
      into[#into + 1] = task_type
    end
  end
  types = ' ' .. table.concat(types, ' ') .. ' '
  local next_slot, queues = false, {}
  for _, queue in ipairs(claim.queues) do
    if (queue.own or queue[2]) > 0 then
      if is_held_back(queue, claim.types) then
        local at = next_start(queue.rate)
        if at and (not next_slot or at < next_slot) then next_slot = at end
      else
        queues[#queues + 1] = queue[1]
        if queue.room == 0 then
          wait_for_place(P .. 'full:' .. queue[1], name, types)
        else
          call('HSET', P .. 'parked:' .. queue[1], name, types)
        end
      end
    end
  end
  queues = ' ' .. table.concat(queues, ' ') .. ' '
  for _, task_type in ipairs(full) do wait_for_place(P .. 'full_type:' .. task_type, name, queues) end
  return next_slot
end

-- It waits for no place any more.
local function unpark(limits, name)
  for queue in pairs(limits.queues) do call('HDEL', P .. 'full:' .. queue, name) end
  for task_type in pairs(limits.types) do call('HDEL', P .. 'full_type:' .. task_type, name) end
end
