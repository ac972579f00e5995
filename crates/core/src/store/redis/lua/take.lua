-- Takes tasks from a lane, and starts them; a part of turn.lua. What is not as most tasks are goes to start.lua.
local claim = args.claim
local deadline = string.format('%d', now + args.lease)
local claimed, tokens = {}, {}    -- id, record, ...; id, token, ...
local started = 0                 -- tasks that were claimed
local examined, taken = 0, {}     -- entries looked at; ids of this call
local bytes = 0
local sub, byte, find, pack = string.sub, string.byte, string.find, struct.pack

local function is_spent() return examined >= MAX_EXAMINED or bytes >= MAX_BYTES end

-- What every start has, told to who asks and to the store.
local function tell_start(id, token, v)
  local n = started * 2
  started = started + 1
  claimed[n + 1], claimed[n + 2] = id, v
  tokens[n + 1], tokens[n + 2] = id, token
  replace(id, v)
  moved(id, 'R')
end

local function next_token() return claim.seed .. pack('>I2', started + 1) end

-- Whether it waits and never ran, and nothing is noted besides.
local function is_fresh(v)
  local state, flags = byte(v, 1, 2)
  return state == WAITS and flags == 0
end

-- `n` tasks that were submitted around the same time do not wait any more, but run.
local function count_started(lane, around, n)
  local chunk = chunk_of(around)
  count(lane.waits, chunk, -n)
  count(all_waits, chunk, -n)
  count(all_runs, chunk, n)
end

-- The place of the first task of a lane says when it is over its lease.
local function mark_started(lane)
  if lane.marked then return end
  lane.marked = true
  local is_new = call('ZADD', P .. 'deadlines', 'LT', deadline, lane.kind) == 1
  -- Under limits also where it should be marked already: a program may have started the others that did not do so.
  if is_new or claim.limits then limiting().mark_running(lane) end
end

-- Starts up to `wanted` tasks from the head of a lane; entries that do not wait are passed over and removed, also those
-- of a task that was forgotten and submitted again elsewhere. Answers how many started, and how many had expired.
local function take(lane, slots, wanted)
  local got, expired = 0, 0
  local joining = gathering('ZADD', lane.started)
  -- What comes before and behind the token of a task that never ran, and needs nothing besides.
  local first = pack(HEAD, 'R', RAN, 1, 0, 0, string.rep('\0', 8), args.worker, now, 0, slots[2])
  local before, behind = sub(first, 1, TOKEN - 1), sub(first, TOKEN + 8)
  local of_lane, plain = lane.packed, slots[3] == 0
  local fresh = {}                -- how many of these there are of those that were submitted around the same time
  -- Few at first, until it is known how large they are.
  local chunk = 10
  while got < wanted and not is_spent() do
    local ids = call('LRANGE', lane.key, 0, math.min(wanted - got, chunk) - 1)
    if #ids == 0 then break end
    local found = values(ids)
    call('LPOP', lane.key, #ids)
    examined = examined + #ids
    local size = 1
    for i, id in ipairs(ids) do
      local v = found[i]
      if v then size = math.max(size, #v) end
      if not v or taken[id] then
        -- An entry without its task, or of one that another entry has brought.
      elseif plain and is_fresh(v) and find(v, of_lane, SHORT + LANE, true) == SHORT + LANE then
        taken[id] = true
        bytes = bytes + #v
        got = got + 1
        local token = next_token()
        local around = sub(v, SHORT + SEQUENCE, SHORT + SEQUENCE + 4)
        fresh[around] = (fresh[around] or 0) + 1
        local n = #joining
        joining[n + 1], joining[n + 2] = deadline, id
        tell_start(id, token, before .. token .. behind .. sub(v, SHORT))
      elseif byte(v, 1) == WAITS then
        local outcome = rare().start(lane, slots, id, v)
        if outcome then
          taken[id] = true
          bytes = bytes + #v
          if outcome == 'started' then got = got + 1 else expired = expired + 1 end
        end
      end
    end
    chunk = math.max(1, math.min(50, math.floor(MAX_BYTES / 8 / size)))
  end
  for around, n in pairs(fresh) do count_started(lane, around, n) end
  if got > 0 then
    tally(lane.queue, 'started', got)
    mark_started(lane)
  end
  return got, expired
end
