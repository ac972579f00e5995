-- submit_plain: new -> waiting, of tasks of which nothing else is said: no due time, expiry or idempotency key. What
-- submit.lua does with them, for less: most tasks are brought in like this. All tasks of the call, or none.
-- args     lanes (by name), places (the number of the lane in `lanes`, 2 bytes a task; empty if there is one lane)
-- ARGV[2]… a task in turns: id (16 bytes, each another one), the record behind `sequence`
-- Answers  now and true, or now and false if a task is known: nothing has changed then, and submit.lua says more
-- Begins with a write that is refused when memory is full, so that a refused call has changed nothing.
local n = (#ARGV - 1) / 2
local ids, records = {}, {}
for i = 1, n do
  local id = ARGV[2 * i]
  ids[i] = id
  records[i] = P .. 't:' .. id
end
-- What is stored now has the numbers from here on; there is no gap, as the counter is written with the records.
local first
if n == 1 then
  local known = call('MGET', P .. 'sequence', records[1])
  if known[2] then return { now, false } end
  first = tonumber(known[1] or 0)
else
  if call('EXISTS', unpack(records)) > 0 then return { now, false } end
  first = tonumber(call('GET', P .. 'sequence') or 0)
end
local pack, new = struct.pack, struct.pack('>c1BI6', 'W', 0, now)
local written = {}
for i = 1, n do
  local at = 2 * i
  written[at - 1] = records[i]
  written[at] = new .. pack('>I6', first + i - 1) .. ARGV[at + 1]
end
written[2 * n + 1] = P .. 'sequence'
written[2 * n + 2] = string.format('%d', first + n)
-- In one command, so that memory that is full refuses all of it.
call('MSET', unpack(written))
local chunks = write_log(first, ids)

local lanes = {}
local parked = {}
for k, name in ipairs(args.lanes) do
  local queue, task_type, priority = string.match(name, '^([^:]*):([^:]*):([^:]*)$')
  lanes[k] = {
    key = P .. 'lane:' .. name,
    queue = queue,
    task_type = task_type,
    field = task_type .. ':' .. priority,
    tasks = {},
  }
  parked[k] = P .. 'parked:' .. queue
end
local by_queue = {}     -- queue -> tasks
-- Tasks of a queue that are in a chunk of the log.
local function count_waiting(queue, chunk, by)
  call('HINCRBY', P .. 'waits:' .. queue, chunk, by)
  by_queue[queue] = (by_queue[queue] or 0) + by
end
if #lanes == 1 then
  lanes[1].tasks = ids
  for k = 1, #chunks, 3 do count_waiting(lanes[1].queue, chunks[k], chunks[k + 2] - chunks[k + 1] + 1) end
else
  local byte = string.byte
  for k = 1, #chunks, 3 do
    local here = {}
    for i = chunks[k + 1], chunks[k + 2] do
      local high, low = byte(args.places, 2 * i - 1, 2 * i)
      local lane = lanes[high * 256 + low]
      lane.tasks[#lane.tasks + 1] = ids[i]
      here[lane.queue] = (here[lane.queue] or 0) + 1
    end
    for queue, by in pairs(here) do count_waiting(queue, chunks[k], by) end
  end
end
for k = 1, #chunks, 3 do call('HINCRBY', P .. 'waits', chunks[k], chunks[k + 2] - chunks[k + 1] + 1) end
local unknown = {}      -- queues of which it is not certain that they are among `queues`
for _, lane in ipairs(lanes) do
  call('RPUSH', lane.key, unpack(lane.tasks))
  if call('HINCRBY', P .. 'lanes:' .. lane.queue, lane.field, #lane.tasks) == #lane.tasks then
    unknown[#unknown + 1] = 0
    unknown[#unknown + 1] = lane.queue
  end
end
if #unknown > 0 then call('ZADD', P .. 'queues', unpack(unknown)) end
local minute = string.format(':%d', math.floor(now / 60000))
for queue, tasks in pairs(by_queue) do
  local key = P .. 'tally:' .. queue .. minute
  if call('HINCRBY', key, 'submitted', tasks) == tasks then call('EXPIRE', key, TALLY_KEPT) end
end
call('PUBLISH', args.channels .. 'events', table.concat(ids, 'W') .. 'W')
if #lanes == 1 or call('EXISTS', unpack(parked)) > 0 then
  for _, lane in ipairs(lanes) do wake(lane.queue, lane.task_type, #lane.tasks) end
end
return { now, true }
