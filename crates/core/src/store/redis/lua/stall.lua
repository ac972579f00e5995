-- stall: started and silent -> stalled (see moves.lua); the worker is told.
-- args     stale (milliseconds, nil = leave alone what has no interval), limit, rehearsal (only list), moves (of a task with
--          an interval, and of another one: each a move behind its token), from (nil = begin, or: queue, number of the set,
--          entries of it to pass over)
-- Answers  now, where to go on (as `from`) or false, then id and head of the record of each task in turns
-- Nothing is silent while the store was away a moment ago (see away.lua).
-- The sets are those of `queues`, in order of names: silence:<queue> by when a task counts as silent, beats:<queue> by its
-- last beat. An entry that is left where it is must be passed over.
local SETS = {
  { name = 'silence:', flag = SILENCE, move = args.moves[1], to = string.format('%d', now) },
  -- Longer ago than that, not as long.
  { name = 'beats:', flag = BEATS, move = args.moves[2], to = args.stale and string.format('(%d', now - args.stale) },
}
local answers = { now, false }
local found, looked, bytes = 0, 0, 0
local told = {}
local forgiven = forgiven_until()

local function is_spent() return found >= args.limit or looked >= MAX_EXAMINED or bytes >= MAX_BYTES end

local function is_silent() return true end

-- When its lease is over; nil if it is already.
local function deadline_of(lane, id)
  local deadline = tonumber(call('ZSCORE', lane.started, id) or '')
  return deadline and deadline > now and deadline or nil
end

-- A beat that had been confirmed may have been lost with the store: what was silent before it was back has its whole time
-- once more from then on.
local function is_forgiven(set, key, id, r)
  local at = tonumber(call('ZSCORE', key, id))
  local allowed = args.stale
  if set.flag == SILENCE then
    local last = tonumber(has(r, RARE) and call('HGET', P .. 'r:' .. id, 'h') or 0)
    allowed = at - math.max(last, r.started)
    at = at - allowed
  end
  return at < forgiven and now < forgiven + allowed
end

-- Looks at an entry; answers whether it stays.
local function look_at(set, key, id)
  local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
  local r = read(v)
  if not r or r.state ~= 'R' or not has(r, set.flag) then
    -- An entry without its task.
    if not args.rehearsal then call('ZREM', key, id) end
    return args.rehearsal
  end
  if is_forgiven(set, key, id, r) then return true end
  -- Its end was asked for: that is how it ends. Its lease is over: reaping decides about it.
  local lane = lane_of(v, r)
  local deadline = deadline_of(lane, id)
  if has(r, CANCEL) or not deadline then return true end
  found = found + 1
  answers[#answers + 1] = id
  answers[#answers + 1] = v
  if args.rehearsal then return true end
  local whole = call('GET', P .. 't:' .. id)
  bytes = bytes + #whole
  move_task(id .. r.token .. set.move, id, whole, now, is_silent)
  -- Its worker lives: the code runs until it has heard of this.
  keep_place(lane, id .. r.token, deadline)
  told[r.worker] = true
  return false
end

-- Walks through a set from its n-th entry on. Answers how many entries stay that were looked at.
local function walk(set, queue, stay)
  local key = P .. set.name .. queue
  while not is_spent() do
    local some = math.min(50, args.limit - found)
    local ids = call('ZRANGEBYSCORE', key, '-inf', set.to, 'LIMIT', stay, some)
    if #ids == 0 then break end
    looked = looked + #ids
    for _, id in ipairs(ids) do
      if bytes >= MAX_BYTES then break end
      if look_at(set, key, id) then stay = stay + 1 end
    end
    apply(now)
  end
  return stay
end

-- Heartbeats that nobody could tell will come with the next renewals.
if now < forgiven then return answers end
local from = args.from
local queues = call('ZRANGEBYLEX', P .. 'queues', from and '[' .. from[1] or '-', '+', 'LIMIT', 0, MAX_LOOKED_AT)
for _, queue in ipairs(queues) do
  local is_first = from and queue == from[1]
  for number, set in ipairs(SETS) do
    if set.to and not (is_first and number < from[2]) then
      local stay = walk(set, queue, is_first and number == from[2] and from[3] or 0)
      if is_spent() then
        answers[2] = { queue, number, stay }
        break
      end
    end
  end
  if answers[2] then break end
end
-- What comes next in order of names.
if not answers[2] and #queues == MAX_LOOKED_AT then answers[2] = { queues[#queues] .. '\0', 1, 0 } end
tell(told)
return answers
