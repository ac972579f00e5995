-- Rate limits: how many tasks of a queue have started lately. Shared by turn.lua and standing.lua.
-- rate:<queue> is a list of buckets, the oldest first, each packed: its first and its last start (6 bytes each,
-- milliseconds), how many starts had been counted before it, and with it (8 each). A start joins the newest bucket while that
-- is younger than a thousandth of the window; all starts of a bucket count until its last one is a window ago. So what counts
-- is never too little, and there are hardly more than a thousand buckets.
local BUCKET = '>I6I6I8I8'
local BUCKETS_READ = 50

local function unpack_bucket(packed)
  if not packed then return nil end
  local first, last, before, with = struct.unpack(BUCKET, packed)
  return { first = first, last = last, before = before, with = with }
end

-- What `numerator` starts in any `window` (milliseconds) leave to a queue now. Changes nothing.
local function rate_of(queue, numerator, window)
  local rate = { key = P .. 'rate:' .. queue, numerator = numerator, window = window, left = numerator, gone = 0 }
  local newest = unpack_bucket(call('LINDEX', rate.key, -1))
  -- None counts any more; or the clock was set back so far that none would for long.
  if not newest or newest.last <= now - window or newest.last > now + window then return rate end
  rate.newest = newest
  local oldest
  repeat
    for _, packed in ipairs(call('LRANGE', rate.key, rate.gone, rate.gone + BUCKETS_READ - 1)) do
      oldest = unpack_bucket(packed)
      if oldest.last > now - window then break end
      rate.gone = rate.gone + 1
    end
  until oldest.last > now - window
  rate.left = math.max(0, numerator - (newest.with - oldest.before))
  return rate
end

-- Counts `starts` now, and forgets what does not count any more.
local function count_starts(rate, starts)
  local newest = rate.newest
  if not newest then
    call('DEL', rate.key)
  elseif rate.gone > 0 then
    call('LPOP', rate.key, rate.gone)
  end
  rate.gone = 0
  if newest and now - newest.first < math.max(1, rate.window / 1000) then
    newest.last, newest.with = math.max(newest.last, now), newest.with + starts
    call('LSET', rate.key, -1, struct.pack(BUCKET, newest.first, newest.last, newest.before, newest.with))
  else
    local before = newest and newest.with or 0
    newest = { first = now, last = now, before = before, with = before + starts }
    call('RPUSH', rate.key, struct.pack(BUCKET, now, now, before, newest.with))
  end
  rate.newest = newest
  rate.left = math.max(0, rate.left - starts)
  call('PEXPIRE', rate.key, rate.window + 60000)
end

-- When the limit lets the next task start, if none may start now; false if it never does, or does now.
local function next_start(rate)
  if rate.numerator == 0 or rate.left > 0 then return false end
  -- The first bucket with which enough starts are gone; mostly it is the oldest one.
  local enough = rate.newest.with - rate.numerator
  local low, high = rate.gone, call('LLEN', rate.key) - 1
  local middle = low
  while low < high do
    if unpack_bucket(call('LINDEX', rate.key, middle)).with > enough then high = middle else low = middle + 1 end
    middle = math.floor((low + high) / 2)
  end
  return unpack_bucket(call('LINDEX', rate.key, low)).last + rate.window
end
