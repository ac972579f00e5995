-- Places under limits that hold over all workers: what occupies them, and who waits for one. Nothing is kept as a number:
-- what is counted are sets. Needs freed.lua. Shared by turn.lua, renew.lua, overdue.lua, reap.lua, stall.lua and standing.lua.
-- running:<queue>, running_in:<type>   types that have tasks running in the queue, queues in which tasks of the type run: what
--                                      is in `deadlines`, so an empty one stays until overdue.lua comes by
-- stopping:<queue>:<type>              attempts (id and token) that were taken away while their worker lives, by the end of its
--                                      lease: their code may still run. `stops` says of each in which of these sets it is
-- full:<queue>, full_type:<type>       workers that wait for a place, each with the types, or the queues, that it is for
local FULL_KEPT = 60      -- seconds; who still waits says so every second

local function mark_running(lane)
  call('SADD', P .. 'running:' .. lane.queue, lane.task_type)
  call('SADD', P .. 'running_in:' .. lane.task_type, lane.queue)
end

-- How many places tasks of a type occupy in a queue.
local occupied_by = {}
local function occupied(queue, task_type)
  local kind = queue .. ':' .. task_type
  if not occupied_by[kind] then
    local stopping = call('ZCOUNT', P .. 'stopping:' .. kind, string.format('(%d', now), '+inf')
    occupied_by[kind] = call('ZCARD', P .. 'started:' .. kind) + stopping
  end
  return occupied_by[kind]
end

local function occupied_in(queue)
  local n = 0
  for _, task_type in ipairs(call('SMEMBERS', P .. 'running:' .. queue)) do n = n + occupied(queue, task_type) end
  return n
end

local function occupied_of(task_type)
  local n = 0
  for _, queue in ipairs(call('SMEMBERS', P .. 'running_in:' .. task_type)) do n = n + occupied(queue, task_type) end
  return n
end

local function free_kind(kind, places)
  local queue, task_type = string.match(kind, '^([^:]*):(.*)$')
  free(queue, task_type, places)
end

-- The attempt was taken away, but keeps its place until its worker says that its code has stopped, at most until `deadline`.
local function keep_place(lane, attempt, deadline)
  local key = P .. 'stopping:' .. lane.kind
  call('ZADD', key, deadline, attempt)
  call('HSET', P .. 'stops', attempt, lane.kind)
  call('EXPIRE', key, TURN_KEPT)
  call('EXPIRE', P .. 'stops', TURN_KEPT)
  call('ZADD', P .. 'deadlines', 'LT', deadline, lane.kind)
  mark_running(lane)
  free(lane.queue, lane.task_type, -1)
end

-- The worker lives on, and its code has not stopped. A place that was given up is not taken again.
local function keep_place_longer(attempt, deadline)
  local kind = call('HGET', P .. 'stops', attempt)
  if not kind then return end
  local key = P .. 'stopping:' .. kind
  local at = tonumber(call('ZSCORE', key, attempt) or '')
  if not at or at <= now then return end
  call('ZADD', key, deadline, attempt)
  call('EXPIRE', key, TURN_KEPT)
  call('EXPIRE', P .. 'stops', TURN_KEPT)
  call('ZADD', P .. 'deadlines', 'LT', deadline, kind)
end

-- The code has stopped.
local function give_place_back(attempt)
  local kind = call('HGET', P .. 'stops', attempt)
  if not kind then return end
  local key = P .. 'stopping:' .. kind
  local at = tonumber(call('ZSCORE', key, attempt) or '')
  call('HDEL', P .. 'stops', attempt)
  call('ZREM', key, attempt)
  if at and at > now then free_kind(kind, 1) end
end

-- Takes the places of workers whose lease is over.
local function take_places_back(kind)
  local key = P .. 'stopping:' .. kind
  local over = call('ZRANGEBYSCORE', key, '-inf', now, 'LIMIT', 0, MAX_STARTED_SETS)
  if #over == 0 then return end
  call('ZREM', key, unpack(over))
  call('HDEL', P .. 'stops', unpack(over))
  free_kind(kind, #over)
end

-- Says anew when the next lease of a kind is over, or that nothing of it runs.
local function refresh_deadline(kind)
  local first
  for _, set_name in ipairs({ 'started:', 'stopping:' }) do
    local at = tonumber(call('ZRANGE', P .. set_name .. kind, 0, 0, 'WITHSCORES')[2] or '')
    if at and (not first or at < first) then first = at end
  end
  if first then
    call('ZADD', P .. 'deadlines', first, kind)
  else
    local queue, task_type = string.match(kind, '^([^:]*):(.*)$')
    call('ZREM', P .. 'deadlines', kind)
    call('SREM', P .. 'running:' .. queue, task_type)
    call('SREM', P .. 'running_in:' .. task_type, queue)
  end
end

local function wait_for_place(key, name, of)
  call('HSET', key, name, of)
  call('EXPIRE', key, FULL_KEPT)
end

-- Wakes as many of who waits there as there are places: first those for whom something waits, by `fits`. One that does not
-- listen any more is passed over. Bounded in how many it looks at; a slow poll stands behind it.
local woken = {}
local function wake_waiting(key, places, fits)
  for pass = 1, 2 do
    local looked = 0
    while places > 0 and looked < MAX_PARKED do
      local some = call('HRANDFIELD', key, 20, 'WITHVALUES')
      local hit = false
      for i = 1, #some, 2 do
        local name = some[i]
        if places > 0 and (pass == 2 or fits(some[i + 1])) then
          hit = true
          call('HDEL', key, name)
          -- Who was woken for a queue comes for the type as well.
          if woken[name] or call('PUBLISH', args.channels .. 'wake:' .. name, '') > 0 then
            woken[name] = true
            places = places - 1
          end
        end
      end
      looked = looked + #some / 2
      if #some < 40 and not hit then break end
    end
  end
end

-- The types of which tasks wait in a queue.
local waiting_in = {}
local function types_waiting_in(queue)
  if not waiting_in[queue] then
    waiting_in[queue] = {}
    for _, field in ipairs(call('HKEYS', P .. 'lanes:' .. queue)) do
      waiting_in[queue][string.match(field, '^(.*):')] = true
    end
  end
  return waiting_in[queue]
end

local function wake_in(queue, places)
  local key = P .. 'full:' .. queue
  if places <= 0 or call('EXISTS', key) == 0 then return end
  wake_waiting(key, places, function(types)
    for task_type in string.gmatch(types, '%S+') do
      if types_waiting_in(queue)[task_type] then return true end
    end
  end)
end

local function wake_of(task_type, places)
  local key = P .. 'full_type:' .. task_type
  if places <= 0 or call('EXISTS', key) == 0 then return end
  wake_waiting(key, places, function(queues)
    for queue in string.gmatch(queues, '%S+') do
      if types_waiting_in(queue)[task_type] then return true end
    end
  end)
end

-- Wakes who waits for the places that are free now. Everything that was gathered is written already.
local function wake_freed()
  for queue, places in pairs(freed_in) do wake_in(queue, places) end
  for task_type, places in pairs(freed_of) do wake_of(task_type, places) end
end
