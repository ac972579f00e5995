-- Begins every script of the partition, behind the constants that record.rs generates.
-- KEYS[1]  what all keys of the partition begin with
-- ARGV[1]  the step's named arguments, msgpack; `channels` is what all channels begin with
-- All access to t: and r: goes through here. Times are milliseconds of the store's clock.
local P = KEYS[1]
local args = cmsgpack.unpack(ARGV[1])
local call = redis.call

-- The head of a record: fields by name; nil where there is no record.
local function read(v)
  if not v or #v < SHORT + LANE then return nil end
  local r = { state = string.sub(v, 1, 1), flags = string.byte(v, 2), body = SHORT,
    attempt = 0, failures = 0, lost = 0, token = '', worker = string.rep('\0', 8), started = 0,
    ended = 0, policy = string.rep('\0', 8) }
  if bit.band(r.flags, RAN) ~= 0 then
    if #v < LONG + LANE then return nil end
    local _
    _, _, r.attempt, r.failures, r.lost, r.token, r.worker, r.started, r.ended, r.policy =
      struct.unpack(HEAD, v)
    r.body = LONG
  end
  return r
end

-- The record with a changed head (always the long one) before the body of `v`.
local function write(r, v, result)
  local token = r.token
  if token == '' then token = string.rep('\0', 8) end
  return struct.pack(HEAD, r.state, bit.bor(r.flags, RAN), r.attempt, r.failures, r.lost, token, r.worker,
    r.started, r.ended, r.policy) .. string.sub(v, r.body) .. (result or '')
end

local function has(r, flag) return bit.band(r.flags, flag) ~= 0 end
local function set(r, flag) r.flags = bit.bor(r.flags, flag) end
local function clear(r, flag) r.flags = bit.band(r.flags, bit.bnot(flag)) end

-- A lane by its name `queue:type:priority`, with what is derived from it.
local known_lanes = {}
local function lane_named(name)
  local lane = known_lanes[name]
  if not lane then
    local queue, kind, priority = string.match(name, '^([^:]*):([^:]*):([^:]*)$')
    lane = { key = P .. 'lane:' .. name, queue = queue, kind = queue .. ':' .. kind, field = kind .. ':' .. priority }
    known_lanes[name] = lane
  end
  return lane
end

-- The lane of the record `v` whose head is `r`.
local function lane_of(v, r)
  return lane_named((struct.unpack('>I2c0', v, r.body + LANE)))
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
local gathered = { order = {}, lists = {} }
local function gather(command, key, ...)
  local slot = command .. '\0' .. key
  local list = gathered.lists[slot]
  if not list then
    list = { command = command, key = key }
    gathered.lists[slot] = list
    gathered.order[#gathered.order + 1] = list
  end
  for i = 1, select('#', ...) do list[#list + 1] = (select(i, ...)) end
end

local counted = { order = {}, by = {} }
local function count(key, field, by)
  local slot = key .. '\0' .. field
  local entry = counted.by[slot]
  if not entry then
    entry = { key = key, field = field, by = 0 }
    counted.by[slot] = entry
    counted.order[#counted.order + 1] = entry
  end
  entry.by = entry.by + by
end

local heads = {}      -- tasks for the heads of their lanes, {lane, id}, first comes first
local waiting = {}    -- queue -> tasks that became claimable
local moves = {}      -- id and state of every task that moved, for the channel `events`
local replaced = {}   -- key, value, ... of records to write
local tallies = {}    -- queue -> field -> count

local function tally(queue, field, by)
  local t = tallies[queue]
  if not t then t = {} tallies[queue] = t end
  t[field] = (t[field] or 0) + (by or 1)
end

local function moved(id, state) moves[#moves + 1] = id .. state end

-- The task waits in its lane from now on.
local function wait(lane, id, at_head)
  if at_head then heads[#heads + 1] = { lane, id } else gather('RPUSH', lane.key, id) end
  count(P .. 'lanes:' .. lane.queue, lane.field, 1)
  waiting[lane.queue] = (waiting[lane.queue] or 0) + 1
end

-- The task is due at `due`.
local function schedule(lane, id, due)
  gather('ZADD', P .. 'scheduled:' .. lane.queue, due, id)
  call('ZADD', P .. 'dues', 'LT', due, lane.queue)
end

-- The task has ended, with a status by name or `dead` for a dead letter.
local function finish(lane, id, set_name, now)
  if set_name == 'dead' then
    gather('ZADD', P .. 'dead:' .. lane.kind, now, id)
  else
    gather('ZADD', P .. 'ended:' .. lane.kind .. ':' .. set_name, now, id)
  end
  gather('ZADDNX', P .. 'endings', now, lane.kind .. ':' .. set_name)
end

-- A hash's count of a field, removed at zero. Answers what is left.
local function add(key, field, by)
  local left = call('HINCRBY', key, field, by)
  if left <= 0 then call('HDEL', key, field) end
  return left
end

-- Wakes as many parked workers as there are tasks. One that does not listen any more is passed over.
local function wake(queue, tasks)
  while tasks > 0 do
    local worker = call('SPOP', P .. 'parked:' .. queue)
    if not worker then return end
    if call('PUBLISH', args.channels .. 'wake:' .. worker, '') > 0 then tasks = tasks - 1 end
  end
end

-- Writes everything that was gathered. The script's first write is behind it already.
local function apply(now)
  for from = 1, #replaced, 200 do
    call('MSET', unpack(replaced, from, math.min(from + 199, #replaced)))
  end
  for _, list in ipairs(gathered.order) do
    if list.command == 'ZADDNX' then
      for i = 1, #list, 2 do call('ZADD', list.key, 'NX', list[i], list[i + 1]) end
    else
      call(list.command, list.key, unpack(list))
    end
  end
  for i = #heads, 1, -1 do call('LPUSH', heads[i][1].key, heads[i][2]) end
  for _, entry in ipairs(counted.order) do
    if entry.by ~= 0 then call('HINCRBY', entry.key, entry.field, entry.by) end
  end
  for queue, fields in pairs(tallies) do
    local key = P .. 'tally:' .. queue .. ':' .. string.format('%d', math.floor(now / 60000))
    for field, by in pairs(fields) do
      if call('HINCRBY', key, field, by) == by then call('EXPIRE', key, TALLY_KEPT) end
    end
  end
  if #moves > 0 then call('PUBLISH', args.channels .. 'events', table.concat(moves)) end
  for queue, tasks in pairs(waiting) do wake(queue, tasks) end
  gathered = { order = {}, lists = {} }
  counted = { order = {}, by = {} }
  heads, waiting, moves, replaced, tallies = {}, {}, {}, {}, {}
end
