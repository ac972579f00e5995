-- overdue: lists started tasks whose lease is over, for a decision that reap.lua applies; ends what attempts occupy that were
--          taken away before, and whose worker's lease is over as well. No transition.
-- args     limit
-- Answers  now; false, or until when nothing is listed because the store was away; then four values a task: id, the
--          head of its record, 1 if it counts as lost, its deadline, its progress or false, its policy or false
local waiting_until = forgiven_until()
if now < waiting_until then return { now, waiting_until } end

local answers = { now, false }
local left = args.limit
for _, kind in ipairs(call('ZRANGEBYSCORE', P .. 'deadlines', '-inf', now, 'LIMIT', 0, MAX_STARTED_SETS)) do
  if left <= 0 then break end
  local key = P .. 'started:' .. kind
  local over = call('ZRANGEBYSCORE', key, '-inf', now, 'WITHSCORES', 'LIMIT', 0, left)
  for i = 1, #over, 2 do
    local id, deadline = over[i], tonumber(over[i + 1])
    local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
    local r = read(v)
    if r and r.state == 'R' then
      answers[#answers + 1] = { id, v, deadline > waiting_until and 1 or 0, deadline,
        call('HGET', P .. 'r:' .. id, 'p'), call('HGET', P .. 'policies', r.policy) }
      left = left - 1
    end
  end
  take_places_back(kind)
  if #over == 0 then refresh_deadline(kind) end
end
wake_freed()
return answers
