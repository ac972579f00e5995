-- turn: started -> completed, failed, waiting, scheduled, cancelled, stalled (see move.lua); waiting -> started, or
--       cancelled if it has expired.
-- args     worker (8 bytes), name (its hexadecimal form), sequence, finishes (how many), stopped (nil or attempts, id and
--          token, whose code has stopped after they were taken away), parked_in (nil or queues that it may be parked in),
--          lease (milliseconds), claim (nil or: tasks, seed, queues, types, limits)
--          claim.queues: free (4 bytes) and name each; claim.types: by name@version free (4 bytes), policy (8), heartbeat
--          interval or 0 (6, milliseconds), see claim.lua; claim.limits: see limits.lua
-- ARGV[2]… the finishes, a move each
-- Answers  now, the answers of the finishes (two bytes each), id and record of each claimed task in turns, 1 if the worker is
--          parked, when a rate limit lets the next task start that it held back or false
-- A repeated sequence number is answered from `turn:<worker>`.
local remembered = P .. 'turn:' .. args.name

local last = call('GET', remembered)
if last and struct.unpack('>I8', last) >= args.sequence then return rare().repeated(last) end

-- A write that is not refused when memory is full, so that a full store can drain.
call('DEL', remembered)
-- Not woken by what it brings itself; parked again below, if it still waits.
if args.parked_in then
  for _, queue in ipairs(args.parked_in) do call('HDEL', P .. 'parked:' .. queue, args.name) end
  if claim and claim.limits then limiting().unpark(claim.limits, args.name) end
end

local answers, is_written = {}, false
if args.finishes > 0 then
  answers = move_tasks(args.finishes, function(move, id, v)
    if v and complete(move, id, v) then return 'AC' end
    return rare().move_task(move, id, v, now)
  end)
  count_completed()
  -- Written with what is claimed, unless that depends on it.
  if claim and next(in_lanes) then
    apply(now)
    is_written = true
  end
end
local leaving = claim and claim.limits and not is_written and limiting().leaving()
for _, attempt in ipairs(args.stopped or {}) do limiting().give_place_back(attempt) end
if claim and claim.limits then limiting().apply_limits(claim, leaving) end

-- Where the last turn has stopped to look for tasks, this one goes on.
local next_queue = last and string.len(last) >= 2 and struct.unpack('>I2', last, #last - 1) or 0
if claim then next_queue = claim_tasks(next_queue) end
apply(now)

if claim and claim.limits then limiting().count_against_limits(claim) end
if is_freed_for_someone() then limiting().wake_freed() end

-- Parked only when everything that it could run was looked at.
local parked, next_slot = 0, false
if claim and started < claim.tasks and not is_spent() then
  parked = 1
  if claim.limits then
    next_slot = limiting().park(claim, args.name)
  else
    local types = {}
    for task_type in pairs(claim.types) do
      if slots_of(task_type)[1] > 0 then types[#types + 1] = task_type end
    end
    types = ' ' .. table.concat(types, ' ') .. ' '
    for n = 1, #claim.queues do
      local queue = queue_at(n)
      if queue[2] > 0 then call('HSET', P .. 'parked:' .. queue[1], args.name, types) end
    end
  end
end

answers = table.concat(answers)
call('SET', remembered, struct.pack('>I8I2I2', args.sequence, args.finishes, started) .. answers .. table.concat(tokens)
  .. string.char(parked) .. struct.pack('>I6I2', next_slot or 0, next_queue), 'EX', TURN_KEPT)
return { now, answers, claimed, parked, next_slot }
