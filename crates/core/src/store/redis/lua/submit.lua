-- submit: new -> waiting or scheduled. All tasks of the call, or none.
-- args     nothing
-- ARGV[2]… a task each: id (16 bytes), when (1: N now, A at, D after), time (6, milliseconds), and the record behind
--          `submitted`
-- Answers  now, then a pair a task: `S` stored, `E` exists (same fingerprint) or `C` conflict, each with the state;
--          the due time or false
-- Begins with a write that is refused when memory is full, so that a refused call has changed nothing.
local ids = {}
for i = 2, #ARGV do ids[i - 1] = string.sub(ARGV[i], 1, 16) end
local known = values(ids)
local fresh = {}      -- id -> fingerprint and state of an earlier task of this call
local answers = { now }
local log = {}
local queues = {}
local due_tasks, ready_tasks = {}, {}
for i, id in ipairs(ids) do
  local task = ARGV[i + 1]
  local when, time = struct.unpack('>c1I6', task, 17)
  local body = string.sub(task, 24)
  local fingerprint = string.sub(body, 1, 8)
  local before = fresh[id]
  local r = not before and read(known[i])
  if r then before = { fingerprint = string.sub(known[i], r.body + 6, r.body + 13), state = r.state } end
  local due = false
  if before then
    answers[#answers + 1] = (before.fingerprint == fingerprint and 'E' or 'C') .. before.state
  else
    if when == 'A' then due = time elseif when == 'D' then due = now + time end
    if due and due <= now then due = false end
    local state = due and 'L' or 'W'
    local lane = lane_named((struct.unpack('>I2c0', body, 9)))
    replaced[#replaced + 1] = P .. 't:' .. id
    replaced[#replaced + 1] = struct.pack('>c1BI6', state, 0, now) .. body
    fresh[id] = { fingerprint = fingerprint, state = state }
    log[#log + 1] = id
    if not queues[lane.queue] then
      queues[lane.queue] = true
      queues[#queues + 1] = lane.queue
    end
    if due then due_tasks[#due_tasks + 1] = { lane, id, due } else ready_tasks[#ready_tasks + 1] = { lane, id } end
    tally(lane.queue, 'submitted')
    moved(id, state)
    answers[#answers + 1] = 'S' .. state
  end
  answers[#answers + 1] = due
end
if #log > 0 then
  -- In one command, so that memory that is full refuses all of it.
  call('MSET', unpack(replaced))
  replaced = {}
  local hour = string.format('%d', math.floor(now / 3600000))
  call('RPUSH', P .. 'log:' .. hour, unpack(log))
  count(P .. 'logs', hour, #log)
  call('SADD', P .. 'queues', unpack(queues))
  for _, task in ipairs(ready_tasks) do wait(task[1], task[2], false) end
  for _, task in ipairs(due_tasks) do schedule(task[1], task[2], task[3]) end
  apply(now)
end
return answers
