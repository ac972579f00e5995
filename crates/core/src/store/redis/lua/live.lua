-- live: who is alive, each as when it was last seen, a space, and what it says of itself (JSON).
-- KEYS[1] what global keys begin with · at most 5,000
local ids = redis.call('ZRANGEBYSCORE', KEYS[1] .. 'workers', '(' .. string.format('%d', now), '+inf', 'LIMIT', 0, 5000)
local found = {}
for _, id in ipairs(ids) do
  local said = redis.call('GET', KEYS[1] .. 'worker:' .. id)
  if said then found[#found + 1] = said end
end
return found
