-- submit: new -> waiting or scheduled. All tasks of the call, or none.
-- args     nothing
-- ARGV[2]… a task each: id (16 bytes), when (1: N now, A at, D after), time (6, milliseconds), when it expires (6, 0 =
--          never), its idempotency key (1 byte: how long, 0 or 16; and as many), and the record behind `sequence`
-- Answers  now, then a pair a task: `S` stored, `E` exists (same fingerprint) or `C` conflict, each with the state; the
--          due time or false. Or `K` and the state of the task that has the key; its id and `1` if the fingerprints
--          are the same, else `0`
-- Begins with a write that is refused when memory is full, so that a refused call has changed nothing.
local packed, ids = {}, {}
for i = 2, #ARGV do
  packed[i - 1] = { struct.unpack('>c16c1I6I6Bc0', ARGV[i]) }
  ids[i - 1] = packed[i - 1][1]
end
local known = values(ids)
local fresh, fresh_by_key = {}, {}      -- earlier tasks of this call
local answers = { now }
local log = {}
local queues = {}
local due_tasks, ready_tasks, expiring, held = {}, {}, {}, {}
-- What is stored now has the numbers from here on; there is no gap, as the counter is written with the records.
local first = tonumber(call('GET', P .. 'sequence') or 0)

local function idem(key)
  return P .. 'idem:' .. string.gsub(key, '.', function(c) return string.format('%02x', string.byte(c)) end)
end

-- The task that the key stands for.
local function holder(key)
  local earlier = fresh_by_key[key]
  if earlier then return earlier end
  local found = call('GET', idem(key))
  if not found then return nil end
  local id, sequence = struct.unpack('>c16I6', found)
  local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
  local r = read(v)
  -- The expiry of keys goes by the server's own clock.
  if not r or sequence_of(v, r) ~= sequence or now >= submitted_of(v, r) + IDEMPOTENCY_KEPT then return nil end
  return { id = id, fingerprint = string.sub(v, r.body + FINGERPRINT, r.body + LANE - 1), state = r.state }
end

for i, id in ipairs(ids) do
  local _, when, time, expires, key, at = unpack(packed[i])
  local body = string.sub(ARGV[i + 1], at)
  local fingerprint = string.sub(body, 1, 8)
  local first_with_key = key ~= '' and holder(key)
  local before = fresh[id]
  local r = not before and read(known[i])
  if r then
    before = { fingerprint = string.sub(known[i], r.body + FINGERPRINT, r.body + LANE - 1), state = r.state }
  end
  local due = false
  if first_with_key then
    answers[#answers + 1] = 'K' .. first_with_key.state
    due = first_with_key.id .. (first_with_key.fingerprint == fingerprint and '1' or '0')
  elseif before then
    answers[#answers + 1] = (before.fingerprint == fingerprint and 'E' or 'C') .. before.state
  else
    if when == 'A' then due = time elseif when == 'D' then due = now + time end
    if due and due <= now then due = false end
    local state = due and 'L' or 'W'
    local sequence = first + #log
    local flags = 0
    if expires > 0 then
      flags = EXPIRES
      expiring[#expiring + 1] = expires
      expiring[#expiring + 1] = id
    end
    local lane = lane_named((struct.unpack('>I2c0', body, 9)))
    replaced[#replaced + 1] = P .. 't:' .. id
    replaced[#replaced + 1] = struct.pack(NEW, state, flags, now, sequence) .. body
    fresh[id] = { id = id, fingerprint = fingerprint, state = state }
    if key ~= '' then
      fresh_by_key[key] = fresh[id]
      held[#held + 1] = { idem(key), struct.pack('>c16I6', id, sequence) }
    end
    log[#log + 1] = id
    if not queues[lane.queue] then
      queues[lane.queue] = true
      queues[#queues + 1] = 0
      queues[#queues + 1] = lane.queue
    end
    if due then due_tasks[#due_tasks + 1] = { lane, id, due } else
      ready_tasks[#ready_tasks + 1] = { lane, id, sequence }
    end
    tally(lane.queue, 'submitted')
    moved(id, state)
    answers[#answers + 1] = 'S' .. state
  end
  answers[#answers + 1] = due
end

if #log > 0 then
  replaced[#replaced + 1] = P .. 'sequence'
  replaced[#replaced + 1] = string.format('%d', first + #log)
  -- In one command, so that memory that is full refuses all of it.
  call('MSET', unpack(replaced))
  replaced = {}
  write_log(first, log)
  call('ZADD', P .. 'queues', unpack(queues))
  if #expiring > 0 then call('ZADD', P .. 'expires', unpack(expiring)) end
  for _, key in ipairs(held) do call('SET', key[1], key[2], 'PX', IDEMPOTENCY_KEPT) end
  for _, task in ipairs(ready_tasks) do wait(task[1], task[2], false, task[3]) end
  for _, task in ipairs(due_tasks) do schedule(task[1], task[2], task[3]) end
  apply(now)
end
return answers
