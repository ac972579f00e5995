-- What steps have in common: lanes, records, and what is gathered of a step's changes until all of it is written. What most of
-- them do without is in record.lua and sets.lua.

-- The chunk of the log that it is in, by the first five bytes of that number: what was submitted around the same time.
local function chunk_of(around) return math.floor(struct.unpack('>I5', around) * 256 / CHUNK) end

-- A lane by its name `queue:type:priority`, with the keys that are derived from it.
local known_lanes = {}
local function lane_named(name)
  local lane = known_lanes[name]
  if not lane then
    local queue, task_type, priority = string.match(name, '^([^:]*):([^:]*):([^:]*)$')
    lane = {
      key = P .. 'lane:' .. name,
      packed = struct.pack('>I2c0', #name, name),
      queue = queue,
      task_type = task_type,
      kind = queue .. ':' .. task_type,
      field = task_type .. ':' .. priority,
      lanes = P .. 'lanes:' .. queue,
      waits = P .. 'waits:' .. queue,
      started = P .. 'started:' .. queue .. ':' .. task_type,
      ended = {},
    }
    known_lanes[name] = lane
  end
  return lane
end

-- The values of the tasks with these ids, in order; false where there is none. Bounded in what it reads at once.
local function values(ids)
  local found = {}
  local n = #ids
  local from = 1
  while from <= n do
    local to = math.min(from + 49, n)
    local keys = {}
    for i = from, to do keys[#keys + 1] = P .. 't:' .. ids[i] end
    local some = call('MGET', unpack(keys))
    for i = 1, #some do found[from + i - 1] = some[i] end
    from = to + 1
  end
  return found
end

-- What a step changes, gathered by key so that a batch takes few commands; `apply` writes all of it.
local gathered, gathered_by = {}, { RPUSH = {}, ZADD = {}, ZREM = {} }
local function gathering(command, key)
  local list = gathered_by[command][key]
  if not list then
    list = { command = command, key = key }
    gathered_by[command][key] = list
    gathered[#gathered + 1] = list
  end
  return list
end

local function gather(command, key, first, second)
  local list = gathering(command, key)
  list[#list + 1] = first
  if second then list[#list + 1] = second end
end

local counts = {}     -- key -> field -> change
local function count(key, field, by)
  local fields = counts[key]
  if not fields then
    fields = {}
    counts[key] = fields
  end
  fields[field] = (fields[field] or 0) + by
end

local in_lanes = {}   -- lane -> change of its count of live entries
local heads = {}      -- tasks for the heads of their lanes, {lane, id}, first comes first
local waiting = {}    -- lane -> tasks that became claimable
local moves = {}      -- id, state, ... of every task that moved, for the channel `events`
local replaced = {}   -- key, value, ... of records to write
local tallies = {}    -- queue -> field -> count

local function tally(queue, field, by)
  local t = tallies[queue]
  if not t then t = {} tallies[queue] = t end
  t[field] = (t[field] or 0) + (by or 1)
end

local function moved(id, state)
  local n = #moves
  moves[n + 1], moves[n + 2] = id, state
end

-- The record of the task becomes `v`.
local function replace(id, v)
  local n = #replaced
  replaced[n + 1], replaced[n + 2] = P .. 't:' .. id, v
end

-- How many tasks of each chunk of the log wait, in all queues, and how many run.
local all_waits, all_runs = P .. 'waits', P .. 'runs'

local function ended_key(lane, set_name)
  return set_name == 'dead' and P .. 'dead:' .. lane.kind or P .. 'ended:' .. lane.kind .. ':' .. set_name
end

-- Where tasks of the lane are that ended so, from this step on.
local function ending(lane, set_name)
  local key = lane.ended[set_name]
  if not key then
    key = ended_key(lane, set_name)
    lane.ended[set_name] = key
    -- In order of names.
    call('ZADD', P .. 'endings', 0, lane.kind .. ':' .. set_name)
  end
  return key
end

-- A hash's count of a field, removed at zero. Answers what is left.
local function add(key, field, by)
  local left = call('HINCRBY', key, field, by)
  if left <= 0 then call('HDEL', key, field) end
  return left
end

-- Writes everything that was gathered. The script's first write is behind it already.
local function apply(now)
  for from = 1, #replaced, 200 do
    call('MSET', unpack(replaced, from, math.min(from + 199, #replaced)))
  end
  for _, list in ipairs(gathered) do
    if list[1] then call(list.command, list.key, unpack(list)) end
  end
  for i = #heads, 1, -1 do call('LPUSH', heads[i][1].key, heads[i][2]) end
  for lane, by in pairs(in_lanes) do
    -- No live entry: what the list still holds is dead.
    if by ~= 0 and add(lane.lanes, lane.field, by) <= 0 then call('DEL', lane.key) end
  end
  for key, fields in pairs(counts) do
    for field, by in pairs(fields) do
      if by ~= 0 then add(key, field, by) end
    end
  end
  for queue, fields in pairs(tallies) do
    local key = P .. 'tally:' .. queue .. ':' .. string.format('%d', math.floor(now / 60000))
    for field, by in pairs(fields) do
      if call('HINCRBY', key, field, by) == by then call('EXPIRE', key, TALLY_KEPT) end
    end
  end
  if #moves > 0 then call('PUBLISH', args.channels .. 'events', table.concat(moves)) end
  for lane, tasks in pairs(waiting) do wake(lane.queue, lane.task_type, tasks) end
  gathered, gathered_by = {}, { RPUSH = {}, ZADD = {}, ZREM = {} }
  counts, in_lanes, heads, waiting, moves, replaced, tallies = {}, {}, {}, {}, {}, {}, {}
end
