-- Where tasks are by their status. Needs record.lua.

-- `by` more tasks wait among those that were submitted around the same time: lists look only where some do.
local function count_waiting(lane, sequence, by)
  local chunk = math.floor(sequence / CHUNK)
  count(lane.waits, chunk, by)
  count(all_waits, chunk, by)
end

-- The same of what runs, of all queues: enough to find thousands of them.
local function count_running(sequence, by) count(all_runs, math.floor(sequence / CHUNK), by) end

-- The task waits in its lane from now on.
local function wait(lane, id, at_head, sequence)
  if at_head then heads[#heads + 1] = { lane, id } else gather('RPUSH', lane.key, id) end
  in_lanes[lane] = (in_lanes[lane] or 0) + 1
  count_waiting(lane, sequence, 1)
  waiting[lane] = (waiting[lane] or 0) + 1
end

-- The task is due at `due`.
local function schedule(lane, id, due)
  gather('ZADD', P .. 'scheduled:' .. lane.queue, due, id)
  call('ZADD', P .. 'dues', 'LT', due, lane.queue)
end

-- After tasks left the scheduled ones of a queue: says anew when the queue's next one is due.
local function refresh_due(queue)
  local first = call('ZRANGE', P .. 'scheduled:' .. queue, 0, 0, 'WITHSCORES')
  if first[2] then call('ZADD', P .. 'dues', first[2], queue) else call('ZREM', P .. 'dues', queue) end
end

-- The task has ended, with a status by name or `dead` for a dead letter; `at` is when, if that is not now.
local function finish(lane, id, set_name, at)
  gather('ZADD', ending(lane, set_name), at or now_text, id)
  if set_name == 'dead' then count(P .. 'dead', lane.queue, 1) end
end

-- Tells workers (8 bytes each, as keys of a table) that one of their tasks is to end or was taken away.
local function tell(workers)
  for worker in pairs(workers) do
    local name = string.gsub(worker, '.', function(c) return string.format('%02x', string.byte(c)) end)
    call('PUBLISH', args.channels .. 'cancel:' .. name, '')
  end
end
