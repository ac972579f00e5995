-- turn: started -> completed, failed, waiting, scheduled, cancelled, stalled (see moves.lua); waiting -> started, or
--       cancelled if it has expired.
-- args     worker (8 bytes), name (its hexadecimal form), sequence, finishes (how many), stopped (nil or attempts, id and
--          token, whose code has stopped after they were taken away), was_parked, parked_in (queues that it may be parked
--          in), lease (milliseconds), claim (nil or: tasks, seed, queues as {name, free} pairs, types as name@version ->
--          {free, policy, heartbeat interval or 0}, limits (see limits.lua))
-- ARGV[2]… the finishes, a move each
-- Answers  now, the answers of the finishes, id and record of each claimed task in turns, 1 if the worker is parked, when a
--          rate limit lets the next task start that it held back or false
-- A repeated sequence number is answered from `turn:<worker>`.
local remembered = P .. 'turn:' .. args.name

local function repeated(last)
  local sequence, finishes, claims = struct.unpack('>I8I2I2', last)
  if sequence ~= args.sequence then
    return redis.error_reply('OLDTURN sequence ' .. args.sequence .. ' after ' .. sequence)
  end
  local answers, claimed, at = {}, {}, 13
  for i = 1, finishes do
    answers[i] = string.sub(last, at, at + 1)
    at = at + 2
  end
  local ids, tokens = {}, {}
  for i = 1, claims do
    ids[i], tokens[i] = struct.unpack('>c16c8', last, at)
    at = at + 24
  end
  for i, v in ipairs(values(ids)) do
    local r = read(v)
    if r and r.state == 'R' and r.token == tokens[i] then
      claimed[#claimed + 1] = ids[i]
      claimed[#claimed + 1] = v
    end
  end
  -- An older program has not remembered the last one.
  local next_slot = #last >= at + 6 and struct.unpack('>I6', last, at + 1) or 0
  return { now, answers, claimed, string.byte(last, at) or 0, next_slot > 0 and next_slot }
end

local last = call('GET', remembered)
if last and struct.unpack('>I8', last) >= args.sequence then return repeated(last) end

-- A write that is not refused when memory is full, so that a full store can drain.
call('DEL', remembered)
-- Not woken by what it brings itself; parked again below, if it still waits.
local claim = args.claim
if args.was_parked then
  for _, queue in ipairs(args.parked_in) do call('HDEL', P .. 'parked:' .. queue, args.name) end
  if claim and claim.limits then limiting().unpark(claim.limits, args.name) end
end

local answers = {}
if args.finishes > 0 then
  answers = move_tasks(args.finishes, now)
  apply(now)
end
for _, attempt in ipairs(args.stopped or {}) do limiting().give_place_back(attempt) end
if claim and claim.limits then limiting().apply(claim) end

-- Shares `total` fairly among `parts` by their `cap`; each gets `share`. `first` turns the order, so that what does
-- not divide goes to another part each time.
local function divide(total, parts, first)
  local open = {}
  for i = 1, #parts do
    local part = parts[(first + i) % #parts + 1]
    part.share = 0
    if part.cap > 0 then open[#open + 1] = part end
  end
  while total > 0 and #open > 0 do
    local each = math.max(1, math.floor(total / #open))
    local still = {}
    for _, part in ipairs(open) do
      local more = math.min(each, part.cap - part.share, total)
      part.share = part.share + more
      total = total - more
      if part.share < part.cap then still[#still + 1] = part end
    end
    open = still
  end
end

local claimed = {}                -- id, record, ...
local examined, taken = 0, {}     -- entries looked at; ids of this call
local bytes = 0

-- Whether the task has expired before it could start; then it ends here.
local function has_expired(lane, id, v)
  if bit.band(string.byte(v, 2), EXPIRES) == 0 then return false end
  local r = read(v)
  local at = tonumber(call('ZSCORE', P .. 'expires', id) or '')
  if not at or at > now then return false end
  end_unstarted(lane, id, v, r)
  replaced[#replaced + 1] = P .. 't:' .. id
  replaced[#replaced + 1] = write(r, v)
  return true
end

-- Takes up to `wanted` tasks from the head of a lane; entries that do not wait are passed over and removed, also those
-- of a task that was forgotten and submitted again elsewhere. Answers how many it took, and how many had expired.
local function take(lane, wanted)
  local got, expired = 0, 0
  -- Few at first, until it is known how large they are.
  local chunk = 4
  while got < wanted and examined < MAX_EXAMINED and bytes < MAX_BYTES do
    local ids = call('LRANGE', lane.key, 0, math.min(wanted - got, chunk) - 1)
    if #ids == 0 then break end
    local found = values(ids)
    call('LPOP', lane.key, #ids)
    examined = examined + #ids
    local size = 1
    for _, v in ipairs(found) do size = math.max(size, v and #v or 0) end
    chunk = math.max(1, math.min(50, math.floor(MAX_BYTES / 8 / size)))
    for i, id in ipairs(ids) do
      local v = found[i]
      if v and string.sub(v, 1, 1) == 'W' and not taken[id]
        and is_of(lane, v, bit.band(string.byte(v, 2), RAN) == 0 and SHORT or LONG) then
        taken[id] = true
        bytes = bytes + #v
        if has_expired(lane, id, v) then
          expired = expired + 1
        else
          got = got + 1
          claimed[#claimed + 1] = { id, v, lane }
        end
      end
    end
  end
  return got, expired
end

local tokens = {}
if claim then
  local left = claim.tasks
  local sequence = args.sequence
  -- Each pass shares what is left among the queues, then within a queue by priority and among types; a type's free
  -- slots are shared by all queues, so one pass may leave slots that another queue can use; so may expired tasks.
  local gone
  repeat
    gone = 0
    local queues = {}
    for _, queue in ipairs(claim.queues) do
      local cap, priorities, by = 0, {}, {}
      if queue[2] > 0 and examined < MAX_EXAMINED and bytes < MAX_BYTES then
        local lanes = call('HGETALL', P .. 'lanes:' .. queue[1])
        for i = 1, #lanes, 2 do
          local kind, priority = string.match(lanes[i], '^(.*):(%d+)$')
          local slots = claim.types[kind]
          local waits = tonumber(lanes[i + 1])
          if slots and slots[1] > 0 and waits > 0 then
            priority = tonumber(priority)
            if not by[priority] then
              by[priority] = {}
              priorities[#priorities + 1] = priority
            end
            local lane = lane_named(queue[1] .. ':' .. lanes[i])
            table.insert(by[priority], { lane = lane, slots = slots, waits = waits })
            cap = cap + math.min(waits, slots[1])
          end
        end
      end
      if cap > 0 then
        table.sort(priorities)
        queues[#queues + 1] = { queue = queue, cap = math.min(cap, queue[2]), priorities = priorities, by = by }
      end
    end
    if #queues == 0 then break end
    divide(left, queues, sequence)
    for _, queue in ipairs(queues) do
      local share = queue.share
      for _, priority in ipairs(queue.priorities) do
        if share <= 0 then break end
        local lanes = queue.by[priority]
        table.sort(lanes, function(a, b) return a.lane.key < b.lane.key end)
        -- Again where tasks had expired: what their lanes did not give is due to others of this priority.
        local expired_here
        repeat
          expired_here = 0
          for _, lane in ipairs(lanes) do lane.cap = math.min(lane.waits, lane.slots[1]) end
          divide(share, lanes, sequence)
          for _, lane in ipairs(lanes) do
            if lane.share > 0 then
              local got, expired = take(lane.lane, math.min(lane.share, lane.slots[1]))
              lane.slots[1] = lane.slots[1] - got
              queue.queue[2] = queue.queue[2] - got
              share = share - got
              left = left - got
              expired_here = expired_here + expired
              free(lane.lane.queue, lane.lane.task_type, -got)
              got = got + expired
              gone = gone + got
              lane.waits = lane.waits - got
              if got > 0 and add(lane.lane.lanes, lane.lane.field, -got) <= 0 then
                -- No live entry: what the list still holds is dead.
                call('DEL', lane.lane.key)
              end
            end
          end
        until share <= 0 or expired_here == 0
      end
    end
  until left <= 0 or gone == 0

  local order = claimed
  claimed = {}
  for k, task in ipairs(order) do
    local id, v, lane = task[1], task[2], task[3]
    local r = read(v)
    local slots = claim.types[lane.task_type]
    r.state = 'R'
    if has(r, EXPIRES) then gather('ZREM', P .. 'expires', id) end
    clear(r, TAKEN + EXPIRES)
    local submission = sequence_of(v, r)
    count_waiting(lane, submission, -1)
    count_running(submission, 1)
    r.attempt = r.attempt + 1
    r.token = claim.seed .. struct.pack('>I2', k)
    r.worker = args.worker
    r.started = now
    r.ended = 0
    r.policy = slots[2]
    if has(r, RARE) then call('HDEL', P .. 'r:' .. id, 'p', 'h') end
    if slots[3] > 0 then
      set(r, SILENCE)
      gather('ZADD', P .. 'silence:' .. lane.queue, now + slots[3], id)
    end
    gather('ZADD', lane.started, now + args.lease, id)
    tally(lane.queue, 'started')
    moved(id, 'R')
    v = write(r, v)
    replaced[#replaced + 1] = P .. 't:' .. id
    replaced[#replaced + 1] = v
    claimed[#claimed + 1] = id
    claimed[#claimed + 1] = v
    tokens[k] = id .. r.token
    if not lane.marked then
      lane.marked = true
      local is_new = call('ZADD', P .. 'deadlines', 'LT', now + args.lease, lane.kind) == 1
      -- Under limits also where it should be marked already: a program may have started the others that did not do so.
      if is_new or claim.limits then limiting().mark_running(lane) end
    end
  end
  if #order > 0 then call('ZADD', P .. 'leases', now, args.lease) end
  if #replaced > 0 then apply(now) end
end

if claim and claim.limits then limiting().count(claim) end
if is_freed_for_someone() then limiting().wake_freed() end

-- Parked only when everything that it could run was looked at.
local parked, next_slot = 0, false
if claim and #tokens < claim.tasks and examined < MAX_EXAMINED and bytes < MAX_BYTES then
  parked = 1
  if claim.limits then
    next_slot = limiting().park(claim, args.name)
  else
    local types = {}
    for task_type, slots in pairs(claim.types) do
      if slots[1] > 0 then types[#types + 1] = task_type end
    end
    types = ' ' .. table.concat(types, ' ') .. ' '
    for _, queue in ipairs(claim.queues) do
      if queue[2] > 0 then call('HSET', P .. 'parked:' .. queue[1], args.name, types) end
    end
  end
end

call('SET', remembered, struct.pack('>I8I2I2', args.sequence, #answers, #tokens) .. table.concat(answers)
  .. table.concat(tokens) .. string.char(parked) .. struct.pack('>I6', next_slot or 0), 'EX', TURN_KEPT)
return { now, answers, claimed, parked, next_slot }
