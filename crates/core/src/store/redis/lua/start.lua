-- Waiting -> started, or cancelled if it has expired: any task; those that most tasks are like are started in take.lua. A part
-- of turn.lua, made where it is needed. Needs record.lua, sets.lua and unstarted.lua.

-- Whether the task has expired before it could start; then it ends here.
local function has_expired(lane, id, v, r)
  if not has(r, EXPIRES) then return false end
  local at = tonumber(call('ZSCORE', P .. 'expires', id) or '')
  if not at or at > now then return false end
  end_unstarted(lane, id, v, r)
  replace(id, write(r, v))
  return true
end

-- Starts a task that waits in the lane. Answers whether it was `started` or had `expired`; nil if it waits elsewhere.
local function start(lane, slots, id, v)
  local r = read(v)
  if not is_of(lane, v, r.body) then return nil end
  if has_expired(lane, id, v, r) then return 'expired' end
  local token = next_token()
  if has(r, EXPIRES) then gather('ZREM', P .. 'expires', id) end
  clear(r, TAKEN + EXPIRES)
  local submission = sequence_of(v, r)
  count_waiting(lane, submission, -1)
  count_running(submission, 1)
  r.state = 'R'
  r.attempt = r.attempt + 1
  r.token = token
  r.worker = args.worker
  r.started = now
  r.ended = 0
  r.policy = slots[2]
  if has(r, RARE) then call('HDEL', P .. 'r:' .. id, 'p', 'h') end
  if slots[3] > 0 then
    set(r, SILENCE)
    gather('ZADD', P .. 'silence:' .. lane.queue, now + slots[3], id)
  end
  gather('ZADD', lane.started, deadline, id)
  tell_start(id, token, write(r, v))
  return 'started'
end
