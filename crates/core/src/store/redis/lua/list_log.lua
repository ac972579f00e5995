-- list_log: tasks in the order in which they were submitted. No transition.
-- args     filter (see filter.lua), oldest_first, state (nil = any, W waiting or R started), behind (the sequence to go on
--          behind, nil = begin), bound (nil or {time, id}: only what started before that), limit (tasks), budget (entries)
-- Answers  how many entries were looked at; the sequence of the last one; 1 if there are more, else 0; then id and
--          sequence of each task in turns
-- An entry counts only while the task says that it was submitted there. Chunks in which no task has the state are left
-- out, and count as one entry. The filter's times are about the start of what is started.
local oldest_first = args.oldest_first
local chunks = P .. 'chunks'
local started = args.state == 'R'
-- How many tasks of the state there are in each chunk.
local counted = args.state and (started and all_runs or filter.queue and P .. 'waits:' .. filter.queue or all_waits)
-- Times that say which chunks to look at.
local since, before = not started and filter.since, not started and filter.before

-- The chunks from this one on, a few at a time: {number, time of its first entry}.
local function chunks_from(chunk)
  local found = oldest_first and call('ZRANGEBYSCORE', chunks, chunk, '+inf', 'LIMIT', 0, 50)
    or call('ZREVRANGEBYSCORE', chunks, chunk, '-inf', 'LIMIT', 0, 50)
  for i, member in ipairs(found) do
    local number, time = string.match(member, '^(%d+):(%d+)$')
    found[i] = { tonumber(number), tonumber(time) }
  end
  return found
end

-- The last chunk that began before `time`; its times and those of the chunks are in the same order.
local function last_chunk_before(time)
  local first, behind = 0, call('ZCARD', chunks)
  while first < behind do
    local middle = math.floor((first + behind) / 2)
    local member = call('ZRANGE', chunks, middle, middle)[1]
    if tonumber(string.match(member, ':(%d+)$')) < time then first = middle + 1 else behind = middle end
  end
  local member = first > 0 and call('ZRANGE', chunks, first - 1, first - 1)[1]
  return member and tonumber(string.match(member, '^%d+')) or nil
end

-- The first place to look at.
local function first_place()
  if args.behind then return oldest_first and args.behind + 1 or args.behind - 1 end
  if oldest_first then
    local chunk = since and last_chunk_before(since)
    return chunk and chunk * CHUNK or 0
  end
  local last = tonumber(call('GET', P .. 'sequence') or 0) - 1
  if not before then return last end
  local chunk = last_chunk_before(before)
  return chunk and math.min(last, chunk * CHUNK + CHUNK - 1) or -1
end

local place = first_place()
local looked, last = 0, false
local found = {}

local function is_wanted(id, v, r)
  if args.state and r.state ~= args.state then return false end
  if args.bound then
    local time, bound = args.bound[1], args.bound[2]
    if r.started > time or r.started == time and not is_less(id, bound) then return false end
  end
  return is_in_time(started and r.started or submitted_of(v, r)) and admits(v, r)
end

-- Looks at a chunk from `place` on, as far as the budget goes. Answers whether it came to the chunk's end.
local function look_at(chunk)
  local from, to = 0, CHUNK - 1
  local left = args.budget - looked
  if math.floor(place / CHUNK) == chunk then
    if oldest_first then from = place % CHUNK else to = place % CHUNK end
  end
  if oldest_first then to = math.min(to, from + left - 1) else from = math.max(from, to - left + 1) end
  local ids = call('LRANGE', P .. 'log:' .. chunk, from, to)
  for i = 1, #ids do
    local index = oldest_first and i or #ids + 1 - i
    local sequence = chunk * CHUNK + from + index - 1
    local v = call('GETRANGE', P .. 't:' .. ids[index], 0, HEAD_READ)
    local r = read(v)
    looked = looked + 1
    last = sequence
    if r and sequence_of(v, r) == sequence and is_wanted(ids[index], v, r) then
      found[#found + 1] = ids[index]
      found[#found + 1] = sequence
      if #found / 2 >= args.limit then return false end
    end
  end
  local edge = oldest_first and to == CHUNK - 1 or not oldest_first and from == 0
  if edge then last = oldest_first and chunk * CHUNK + CHUNK - 1 or chunk * CHUNK end
  return edge or oldest_first and #ids < to - from + 1
end

-- Answers whether there may be more behind.
local function walk()
  while place >= 0 do
    local some = chunks_from(math.floor(place / CHUNK))
    if #some == 0 then return false end
    local numbers = {}
    for i, chunk in ipairs(some) do numbers[i] = chunk[1] end
    local counts = counted and call('HMGET', counted, unpack(numbers))
    for i, chunk in ipairs(some) do
      local number, time = chunk[1], chunk[2]
      if oldest_first and before and time >= before then return false end
      if looked >= args.budget then return true end
      if counts and not counts[i] then
        looked = looked + 1
        last = oldest_first and number * CHUNK + CHUNK - 1 or number * CHUNK
      elseif not look_at(number) then
        return true
      end
      place = oldest_first and number * CHUNK + CHUNK or number * CHUNK - 1
      if not oldest_first and since and time < since then return false end
    end
  end
  return false
end

local more = walk() and 1 or 0
local answers = { looked, last, more }
for i = 1, #found do answers[i + 3] = found[i] end
return answers
