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

-- A changed head, always the long one.
local function head(r)
  local token = r.token
  if token == '' then token = string.rep('\0', 8) end
  return struct.pack(HEAD, r.state, bit.bor(r.flags, RAN), r.attempt, r.failures, r.lost, token, r.worker,
    r.started, r.ended, r.policy)
end

-- The record with a changed head before the body of `v`.
local function write(r, v, result) return head(r) .. string.sub(v, r.body) .. (result or '') end

-- Changes the head of the stored record. A record may be large: only where its head grows it is moved, and how many
-- bytes that were is answered.
local function rewrite(id, r)
  local key = P .. 't:' .. id
  if r.body == LONG then
    call('SETRANGE', key, 0, head(r))
    return 0
  end
  local body = call('GETRANGE', key, r.body - 1, -1)
  call('SET', key, head(r) .. body)
  return #body
end

-- When it was submitted, and how many tasks were submitted before it.
local function submitted_of(v, r) return (struct.unpack('>I6', v, r.body)) end
local function sequence_of(v, r) return (struct.unpack('>I6', v, r.body + SEQUENCE)) end

-- Since when a waiting task waits: where it has been elsewhere before, `ended` says so.
local function waiting_since(v, r)
  if r.ended > 0 then return r.ended end
  return r.attempt > 0 and r.started or submitted_of(v, r)
end

local function has(r, flag) return bit.band(r.flags, flag) ~= 0 end
local function set(r, flag) r.flags = bit.bor(r.flags, flag) end
local function clear(r, flag) r.flags = bit.band(r.flags, bit.bnot(flag)) end

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

-- The lane of the record `v` whose head is `r`.
local function lane_of(v, r)
  return lane_named((struct.unpack('>I2c0', v, r.body + LANE)))
end

-- Whether the record `v`, whose body begins at `body`, is of this lane.
local function is_of(lane, v, body)
  local from = body + LANE
  return string.sub(v, from, from + #lane.packed - 1) == lane.packed
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
local function gather(command, key, first, second)
  local list = gathered_by[command][key]
  if not list then
    list = { command = command, key = key }
    gathered_by[command][key] = list
    gathered[#gathered + 1] = list
  end
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
local moves = {}      -- id and state of every task that moved, for the channel `events`
local replaced = {}   -- key, value, ... of records to write
local tallies = {}    -- queue -> field -> count

local function tally(queue, field, by)
  local t = tallies[queue]
  if not t then t = {} tallies[queue] = t end
  t[field] = (t[field] or 0) + (by or 1)
end

local function moved(id, state) moves[#moves + 1] = id .. state end

-- `by` more tasks wait among those that were submitted around the same time: lists look only where some do.
local all_waits = P .. 'waits'
local function count_waiting(lane, sequence, by)
  local chunk = math.floor(sequence / CHUNK)
  count(lane.waits, chunk, by)
  count(all_waits, chunk, by)
end

-- The same of what runs, of all queues: enough to find thousands of them.
local all_runs = P .. 'runs'
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

local function ended_key(lane, set_name)
  return set_name == 'dead' and P .. 'dead:' .. lane.kind or P .. 'ended:' .. lane.kind .. ':' .. set_name
end

-- The task has ended, with a status by name or `dead` for a dead letter.
local function finish(lane, id, set_name, now)
  local key = lane.ended[set_name]
  if not key then
    key = ended_key(lane, set_name)
    lane.ended[set_name] = key
    -- In order of names.
    call('ZADD', P .. 'endings', 0, lane.kind .. ':' .. set_name)
  end
  gather('ZADD', key, now, id)
  if set_name == 'dead' then count(P .. 'dead', lane.queue, 1) end
end

-- A hash's count of a field, removed at zero. Answers what is left.
local function add(key, field, by)
  local left = call('HINCRBY', key, field, by)
  if left <= 0 then call('HDEL', key, field) end
  return left
end

-- Wakes as many parked workers with a free slot for the type as there are tasks. One that does not listen any more is
-- passed over. Bounded in how many it looks at; a slow poll stands behind it.
local function wake(queue, task_type, tasks)
  local key = P .. 'parked:' .. queue
  local wanted = ' ' .. task_type .. ' '
  local looked = 0
  while tasks > 0 and looked < MAX_PARKED do
    local some = call('HRANDFIELD', key, 20, 'WITHVALUES')
    local fitting = false
    for i = 1, #some, 2 do
      if tasks > 0 and string.find(some[i + 1], wanted, 1, true) then
        fitting = true
        call('HDEL', key, some[i])
        if call('PUBLISH', args.channels .. 'wake:' .. some[i], '') > 0 then tasks = tasks - 1 end
      end
    end
    looked = looked + #some / 2
    if #some < 40 and not fitting then return end
  end
end

-- Tells workers (8 bytes each, as keys of a table) that one of their tasks is to end or was taken away.
local function tell(workers)
  for worker in pairs(workers) do
    local name = string.gsub(worker, '.', function(c) return string.format('%02x', string.byte(c)) end)
    call('PUBLISH', args.channels .. 'cancel:' .. name, '')
  end
end

-- Writes everything that was gathered. The script's first write is behind it already.
local function apply(now)
  for from = 1, #replaced, 200 do
    call('MSET', unpack(replaced, from, math.min(from + 199, #replaced)))
  end
  for _, list in ipairs(gathered) do call(list.command, list.key, unpack(list)) end
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
