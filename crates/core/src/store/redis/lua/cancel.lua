-- cancel: waiting or scheduled -> cancelled; started: the intent is recorded and its worker told.
-- args     id (16 bytes)
-- Answers  `X` cancelled; `R` and since when its end is asked for; `E` and the state if it had ended; nil if unknown
local key = P .. 't:' .. args.id
local v = call('GET', key)
local r = read(v)
if not r then return false end
local rare = P .. 'r:' .. args.id
if r.state == 'W' or r.state == 'L' then
  local lane = lane_of(v, r)
  -- A write that is not refused when memory is full.
  call('ZREM', P .. 'scheduled:' .. lane.queue, args.id)
  if r.state == 'W' and add(lane.lanes, lane.field, -1) <= 0 then
    -- No live entry: what the list still holds is dead.
    call('DEL', lane.key)
  end
  r.state = 'X'
  r.ended = now
  finish(lane, args.id, STATUS.X, now)
  tally(lane.queue, STATUS.X)
  moved(args.id, 'X')
  call('SET', key, write(r, v))
  apply(now)
  return { 'X' }
elseif r.state == 'R' then
  call('DEL', P .. 't:')
  if not has(r, CANCEL) then
    set(r, CANCEL + RARE)
    call('SETRANGE', key, 1, string.char(r.flags))
    call('HSET', rare, 'c', string.format('%d', now))
  end
  local name = string.gsub(r.worker, '.', function(c) return string.format('%02x', string.byte(c)) end)
  call('PUBLISH', args.channels .. 'cancel:' .. name, '')
  return { 'R', tonumber(call('HGET', rare, 'c')) }
end
return { 'E' .. r.state }
