-- Forgets ended tasks; shared by forget.lua and prune.lua.
local left_chunks = {}     -- of the log -> tasks that left it

local function forget_task(id, v, r)
  leave_ended(lane_of(v, r), id, r)
  -- Large ones are freed beside what goes on.
  call('UNLINK', P .. 't:' .. id, P .. 'r:' .. id)
  local chunk = math.floor(sequence_of(v, r) / CHUNK)
  left_chunks[chunk] = (left_chunks[chunk] or 0) + 1
  moved(id, 'U')
end

-- Writes all that was gathered of them.
local function apply_forgotten()
  apply(now)
  sweep_endings()
  local growing = math.floor(tonumber(call('GET', P .. 'sequence') or 0) / CHUNK)
  for chunk, tasks in pairs(left_chunks) do
    -- Places in a chunk are counted from its first: the one that still grows stays. It never ends empty, as its last
    -- task is there when its last place is taken.
    if add(P .. 'logs', chunk, -tasks) <= 0 and chunk < growing then
      call('DEL', P .. 'log:' .. chunk)
      call('ZREMRANGEBYSCORE', P .. 'chunks', chunk, chunk)
    end
  end
  left_chunks = {}
end
