-- promote: due -> waiting, in order of the due times within a queue.
-- args     limit, queues (nil = all)
-- Answers  now, tasks moved, the next due time or false
local dues = P .. 'dues'

-- Due queues, the earliest first.
local function due_queues()
  if not args.queues then return call('ZRANGEBYSCORE', dues, '-inf', now, 'LIMIT', 0, MAX_DUE_QUEUES) end
  local due = {}
  for _, queue in ipairs(args.queues) do
    local at = tonumber(call('ZSCORE', dues, queue) or '')
    if at and at <= now then due[#due + 1] = { queue, at } end
  end
  table.sort(due, function(a, b) return a[2] < b[2] end)
  for i = 1, #due do due[i] = due[i][1] end
  return due
end

-- A write that is not refused when memory is full.
call('DEL', P .. 't:')
local left = args.limit
local n, bytes = 0, 0
for _, queue in ipairs(due_queues()) do
  if left <= 0 then break end
  local scheduled = P .. 'scheduled:' .. queue
  local ids = call('ZRANGEBYSCORE', scheduled, '-inf', now, 'LIMIT', 0, left)
  for _, id in ipairs(ids) do
    if bytes >= MAX_BYTES then
      left = 0
      break
    end
    local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
    local r = read(v)
    gather('ZREM', scheduled, id)
    if r and r.state == 'L' then
      r.state = 'W'
      r.ended = now
      bytes = bytes + rewrite(id, r)
      wait(lane_of(v, r), id, false, sequence_of(v, r))
      moved(id, 'W')
      n = n + 1
    end
  end
  left = left - #ids
  apply(now)
  refresh_due(queue)
end

local next_due = false
if args.queues then
  for _, queue in ipairs(args.queues) do
    local at = tonumber(call('ZSCORE', dues, queue) or '')
    if at and (not next_due or at < next_due) then next_due = at end
  end
else
  next_due = tonumber(call('ZRANGE', dues, 0, 0, 'WITHSCORES')[2] or '') or false
end
return { now, n, next_due }
