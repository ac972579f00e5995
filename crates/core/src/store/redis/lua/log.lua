-- The log: ids of tasks in the order of their submission, in chunks that the list of tasks reads backwards.

-- Begins a chunk of the log.
local function begin(chunk)
  local chunks = P .. 'chunks'
  -- A clock that was set back does not bring the times of chunks out of order.
  local last = call('ZREVRANGE', chunks, 0, 0)[1]
  local since = math.max(now, last and tonumber(string.match(last, ':(%d+)$')) or 0)
  call('ZADD', chunks, chunk, string.format('%d:%d', chunk, since))
end

-- Tasks that were stored with the numbers from `first` on. Answers where they are, in turns: chunk, its first and its last task
-- by their places in `ids`.
local function write_log(first, ids)
  local chunks = {}
  local from = 1
  while from <= #ids do
    local place = first + from - 1
    local chunk = math.floor(place / CHUNK)
    local to = math.min(#ids, from + CHUNK - 1 - place % CHUNK)
    if place % CHUNK == 0 then begin(chunk) end
    call('RPUSH', P .. 'log:' .. chunk, unpack(ids, from, to))
    call('HINCRBY', P .. 'logs', chunk, to - from + 1)
    local k = #chunks
    chunks[k + 1], chunks[k + 2], chunks[k + 3] = chunk, from, to
    from = to + 1
  end
  return chunks
end
