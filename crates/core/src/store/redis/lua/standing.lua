-- standing: where a waiting task stands. No transition.
-- args     rate (nil or {numerator, window in milliseconds})
-- ARGV[2]  its id
-- Answers  nothing if it does not wait; else: tasks before it in its lane, 1 if exactly so many, else 0; of better priority;
--          types in turn; running in its queue, of its type; then, if a rate was given, what it leaves, and when it lets the
--          next one start or false
local id = ARGV[2]
local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
local r = read(v)
if not r or r.state ~= 'W' then return {} end
local lane = lane_of(v, r)
local waits = tonumber(call('HGET', lane.lanes, lane.field) or 0)

-- The lowest or highest sequence among some entries.
local function sequence_among(from, to, choose)
  local chosen
  for _, other in ipairs(call('LRANGE', lane.key, from, to)) do
    local head = call('GETRANGE', P .. 't:' .. other, 0, HEAD_READ)
    local read_head = read(head)
    local sequence = read_head and sequence_of(head, read_head)
    if sequence then chosen = chosen and choose(chosen, sequence) or sequence end
  end
  return chosen
end

-- Estimates by when it was submitted, between the first and the last of its lane.
local function estimate()
  local first = sequence_among(0, MAX_DEAD_ENTRIES - 1, math.min)
  local last = sequence_among(-MAX_DEAD_ENTRIES, -1, math.max)
  local part = first and last and last > first and (sequence_of(v, r) - first) / (last - first) or 1
  local place = math.floor(math.max(0, math.min(1, part)) * (waits - 1) + 0.5)
  return math.max(EXACT_PLACES, math.min(place, waits - 1))
end

-- How many tasks are before it, and whether exactly so many. Its first entry is the one that counts, as for a claim.
local function ahead()
  local place = call('LPOS', lane.key, id, 'MAXLEN', MAX_EXAMINED)
  if not place then return estimate(), 0 end
  -- Without dead entries it says all; else those are left out that do not wait, or are there again.
  if call('LLEN', lane.key) ~= waits then
    local seen, n = {}, 0
    for _, other in ipairs(place > 0 and call('LRANGE', lane.key, 0, place - 1) or {}) do
      local head = call('GETRANGE', P .. 't:' .. other, 0, HEAD_READ)
      local read_head = read(head)
      if read_head and not seen[other] and read_head.state == 'W' and is_of(lane, head, read_head.body) then
        seen[other] = true
        n = n + 1
      end
    end
    place = n
  end
  return place, place < EXACT_PLACES and 1 or 0
end

local before, exactly = ahead()
local better, in_turn = 0, 0
local own = tonumber(string.match(lane.field, ':(%d+)$'))
local lanes = call('HGETALL', lane.lanes)
for i = 1, #lanes, 2 do
  local priority = tonumber(string.match(lanes[i], ':(%d+)$'))
  if priority < own then better = better + tonumber(lanes[i + 1]) end
  if priority == own then in_turn = in_turn + 1 end
end
local answers = { before, exactly, better, in_turn, occupied_in(lane.queue), occupied_of(lane.task_type) }
if args.rate then
  local rate = rate_of(lane.queue, args.rate[1], args.rate[2])
  answers[7] = rate.left
  answers[8] = next_start(rate)
end
return answers
