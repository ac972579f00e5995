-- Begins every script of the partition, behind the constants that record.rs generates.
-- KEYS[1]  what all keys of the partition begin with
-- ARGV[1]  the step's named arguments, msgpack; `channels` is what all channels begin with
-- Times are milliseconds of the store's clock. A call makes every function of its script anew, which may cost more than what
-- they do: a script has no more files than it needs.
local P = KEYS[1]
local args = cmsgpack.unpack(ARGV[1])
local call = redis.call
-- A number as an argument of a command is turned into a text each time.
local now_text = string.format('%d', now)

