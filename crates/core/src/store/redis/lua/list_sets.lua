-- list_sets: tasks of sets that are in order of a time and, where that is the same, of ids. No transition.
-- args     filter (see filter.lua), state, sets (keys without what all begin with), newest_first, merge (whether all sets
--          are one list; else it goes through them in turn), behind (nil or {time, id}: the place to go on behind), first
--          (nil or the same, for the first set), limit (tasks), budget (entries, and sets)
-- Answers  how many entries and sets were looked at; 1 if there are more entries, else 0; number of the set that was looked
--          at last; time and id of the entry that was looked at last in it, or false twice; then id, time and number of
--          the set of each task in turns
local newest = args.newest_first

-- Whether id `a` comes before `b`.
local function is_before(a, b)
  if newest then return is_less(b, a) end
  return is_less(a, b)
end

local function range(key, from, to)
  return call(newest and 'ZREVRANGE' or 'ZRANGE', key, from, to, 'WITHSCORES')
end

-- How many entries are not behind this place, whether the id is there or not.
local function rank_behind(key, time, id)
  local at = string.format('%d', time)
  -- Ranks from `first` to before `behind` are those of the same time.
  local first, behind
  if newest then
    first, behind = call('ZCOUNT', key, '(' .. at, '+inf'), call('ZCOUNT', key, at, '+inf')
  else
    first, behind = call('ZCOUNT', key, '-inf', '(' .. at), call('ZCOUNT', key, '-inf', at)
  end
  if id == '' then return newest and behind or first end
  while first < behind do
    local middle = math.floor((first + behind) / 2)
    if is_before(id, range(key, middle, middle)[1]) then behind = middle else first = middle + 1 end
  end
  return first
end

-- Where to begin: behind the place, and where the filter's times begin.
local function beginning(place)
  local edge = newest and filter.before or not newest and filter.since
  local time = place and place[1]
  if edge and (not time or newest and time >= edge or not newest and time < edge) then return { edge, '' } end
  return place
end

-- A set that is read from the front, a block at a time.
local function fill(set)
  set.block = range(set.key, set.rank, set.rank + set.size - 1)
  set.rank = set.rank + #set.block / 2
  set.at = 1
  set.size = math.min(100, set.size * 4)
end
-- Its first entry that was not taken yet, as set.time and set.id; false if there is none.
local function peek(set)
  if set.at > #set.block then
    if #set.block < set.asked * 2 then return false end
    set.asked = set.size
    fill(set)
    if #set.block == 0 then return false end
  end
  set.id, set.time = set.block[set.at], tonumber(set.block[set.at + 1])
  local edge = newest and filter.since and set.time < filter.since
    or not newest and filter.before and set.time >= filter.before
  return not edge
end
local function open(number, place, size)
  local key = P .. args.sets[number]
  place = beginning(place)
  local set = { key = key, number = number, size = size, asked = size }
  set.rank = place and rank_behind(key, place[1], place[2]) or 0
  fill(set)
  return peek(set) and set
end

local function goes_first(a, b)
  if a.time ~= b.time then
    if newest then return a.time > b.time end
    return a.time < b.time
  end
  return is_before(a.id, b.id)
end

-- A heap of sets: the first entry of the first one is the next of all.
local heap = {}
local function sink(i)
  while true do
    local child = 2 * i
    if child > #heap then return end
    if child < #heap and goes_first(heap[child + 1], heap[child]) then child = child + 1 end
    if not goes_first(heap[child], heap[i]) then return end
    heap[i], heap[child] = heap[child], heap[i]
    i = child
  end
end

local looked, last_set, last_time, last_id = 0, 0, false, false
local found = {}

-- Goes through the sets in the heap as one list. Answers whether it came to the end.
local function drain_heap()
  for i = math.floor(#heap / 2), 1, -1 do sink(i) end
  while #heap > 0 do
    if looked >= args.budget or #found / 3 >= args.limit then return false end
    local set = heap[1]
    looked = looked + 1
    last_time, last_id = set.time, set.id
    local v = call('GETRANGE', P .. 't:' .. set.id, 0, HEAD_READ)
    local r = read(v)
    if r and r.state == args.state and admits(v, r) then
      found[#found + 1] = set.id
      found[#found + 1] = set.time
      found[#found + 1] = set.number
    end
    set.at = set.at + 2
    if not peek(set) then
      heap[1] = heap[#heap]
      heap[#heap] = nil
    end
    sink(1)
  end
  return true
end

local more = 0
if args.merge then
  local size = math.max(1, math.min(100, math.floor(args.budget / #args.sets)))
  for number = 1, #args.sets do heap[#heap + 1] = open(number, args.behind, size) or nil end
  last_set = #args.sets
  if not drain_heap() then more = 1 end
  looked = looked + #args.sets
else
  for number = 1, #args.sets do
    if looked >= args.budget then break end
    looked = looked + 1
    last_set, last_time, last_id = number, false, false
    heap[1] = open(number, number == 1 and args.first or args.behind, 100) or nil
    if not drain_heap() then
      more = 1
      break
    end
  end
end
local answers = { looked, more, last_set, last_time, last_id }
for i = 1, #found do answers[i + 5] = found[i] end
return answers
