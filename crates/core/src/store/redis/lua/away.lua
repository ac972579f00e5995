-- Until when (it may be long ago) the leases that ended while the store was away, and the silence of tasks meanwhile, are forgiven: after a
-- restart or a failover (the run id changed) one full lease has to pass first, as nobody could renew or tell heartbeats.
-- Shared by overdue.lua, reap.lua and stall.lua.

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

-- Begins with a write that is not refused when memory is full.
local function forgiven_until()
  call('DEL', P .. 't:')
  local run = string.match(call('INFO', 'server'), 'run_id:(%w+)')
  local known, until_ = string.match(call('GET', P .. 'epoch') or '', '^(%w+) (%d+)$')
  if known == run then return tonumber(until_) end
  local waiting_until = now + longest_lease()
  call('SET', P .. 'epoch', run .. ' ' .. string.format('%d', waiting_until))
  return waiting_until
end
