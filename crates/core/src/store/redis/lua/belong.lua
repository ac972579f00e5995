-- belong: fits a program to the store. KEYS[1] what global keys begin with · ARGV: layout version, partitions,
-- installation. What is there stays; answers layout version, partitions, installation as they are then.
local meta = KEYS[1] .. 'meta'
redis.call('HSETNX', meta, 'layout', ARGV[1])
redis.call('HSETNX', meta, 'partitions', ARGV[2])
redis.call('HSETNX', meta, 'installation', ARGV[3])
return redis.call('HMGET', meta, 'layout', 'partitions', 'installation')
