-- belong: fits a program to the store. KEYS[1] what global keys begin with · ARGV: layout version, partitions,
-- installation. What is there stays; answers layout version, partitions, installation as they are then.
local meta = KEYS[1] .. 'meta'
local names = { 'layout', 'partitions', 'installation' }
local found = redis.call('HMGET', meta, unpack(names))
for i, name in ipairs(names) do
  -- Only what is missing: a store that is full refuses to write, and must still be opened.
  if not found[i] then
    redis.call('HSET', meta, name, ARGV[i])
    found[i] = ARGV[i]
  end
end
return found
