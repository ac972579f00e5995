-- The record of a task, `t:<id>`: all access to it is here, in prelude.lua, and in completed.lua and take.lua, which know the
-- records that most tasks have.

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

-- The lane of the record `v` whose head is `r`.
local function lane_of(v, r)
  return lane_named((struct.unpack('>I2c0', v, r.body + LANE)))
end

-- Whether the record `v`, whose body begins at `body`, is of this lane.
local function is_of(lane, v, body)
  local from = body + LANE
  return string.sub(v, from, from + #lane.packed - 1) == lane.packed
end

