-- forget: ended -> unknown, with all that is known of it.
-- args     nothing
-- ARGV[2]… ids (16 bytes each)
-- Answers  in order: `F` forgotten; `L` and the state of one that has not ended; `N` unknown
-- A write that is not refused when memory is full.
call('DEL', P .. 't:')
local answers = {}
local chunks = {}     -- of the log -> tasks that left it

for i = 2, #ARGV do
  local id = ARGV[i]
  local key = P .. 't:' .. id
  local v = call('GETRANGE', key, 0, HEAD_READ)
  local r = read(v)
  if not r then
    answers[i - 1] = 'N'
  elseif r.state == 'W' or r.state == 'L' or r.state == 'R' then
    answers[i - 1] = 'L' .. r.state
  else
    leave_ended(lane_of(v, r), id, r.state)
    call('DEL', key, P .. 'r:' .. id)
    local chunk = math.floor(sequence_of(v, r) / CHUNK)
    chunks[chunk] = (chunks[chunk] or 0) + 1
    moved(id, 'U')
    answers[i - 1] = 'F'
  end
end
apply(now)
sweep_endings()
local growing = math.floor(tonumber(call('GET', P .. 'sequence') or 0) / CHUNK)
for chunk, tasks in pairs(chunks) do
  -- Places in a chunk are counted from its first: the one that still grows stays. It never ends empty, as its last
  -- task is there when its last place is taken.
  if add(P .. 'logs', chunk, -tasks) <= 0 and chunk < growing then
    call('DEL', P .. 'log:' .. chunk)
    call('ZREMRANGEBYSCORE', P .. 'chunks', chunk, chunk)
  end
end
return answers
