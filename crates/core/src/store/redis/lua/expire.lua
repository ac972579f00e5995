-- expire: waiting or scheduled, and past the time when it had to start -> cancelled.
-- args     limit
-- Answers  now, tasks moved, when the next one expires or false
local expires = P .. 'expires'
local n, bytes = 0, 0
for _, id in ipairs(call('ZRANGEBYSCORE', expires, '-inf', now, 'LIMIT', 0, args.limit)) do
  if bytes >= MAX_BYTES then break end
  -- A write that is not refused when memory is full.
  call('ZREM', expires, id)
  local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
  local r = read(v)
  if r and has(r, EXPIRES) and (r.state == 'W' or r.state == 'L') then
    bytes = bytes + cancel_unstarted(id, v, r)
    n = n + 1
  end
end
if n > 0 then apply_unstarted() end
local first = call('ZRANGE', expires, 0, 0, 'WITHSCORES')
return { now, n, tonumber(first[2] or '') or false }
