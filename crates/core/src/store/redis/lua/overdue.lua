-- overdue: lists started tasks whose lease is over, for a decision that reap.lua applies. No transition.
-- args     limit
-- Answers  now; false, or until when nothing is listed because the store was away; then four values a task: id, the
--          head of its record, 1 if it counts as lost, its deadline, its progress or false, its policy or false
-- After a restart or a failover (the run id changed) one full lease has to pass first: nobody could renew.
local run = string.match(call('INFO', 'server'), 'run_id:(%w+)')
local epoch = call('GET', P .. 'epoch') or ''
local known, waiting_until = string.match(epoch, '^(%w+) (%d+)$')
waiting_until = tonumber(waiting_until or 0)
call('DEL', P .. 't:')

-- The longest lease that was in use when the store was last at work.
local function longest_lease()
  local used = call('ZRANGE', P .. 'leases', 0, -1, 'WITHSCORES')
  local last = tonumber(used[#used] or 0)
  local longest = 0
  for i = 1, #used, 2 do
    local lease, at = tonumber(used[i]), tonumber(used[i + 1])
    if at + lease >= last then longest = math.max(longest, lease) else call('ZREM', P .. 'leases', used[i]) end
  end
  return longest
end

if known ~= run then
  waiting_until = now + longest_lease()
  call('SET', P .. 'epoch', run .. ' ' .. string.format('%d', waiting_until))
end
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
  if #over == 0 then
    local first = call('ZRANGE', key, 0, 0, 'WITHSCORES')
    if first[2] then call('ZADD', P .. 'deadlines', first[2], kind) else call('ZREM', P .. 'deadlines', kind) end
  end
end
return answers
