-- Groups of dead letters whose errors are alike: the hash errors:<queue>:<type>, by fingerprint (8 bytes). A group is
-- packed: how many there are (4), when the first one came (6) and the last (6), and what they have in common (msgpack).
-- A letter remembers its group as the field `f` of r:<id>.
local GROUP = '>I4I6I6'
local GROUP_LENGTH = 16

-- The task becomes a dead letter of `group`: fingerprint, and what its errors have in common.
local function join_group(lane, id, group, now)
  local key, fingerprint = P .. 'errors:' .. lane.kind, string.sub(group, 1, 8)
  local count, first, last = 0, now, now
  local known = call('HGET', key, fingerprint)
  if known then count, first, last = struct.unpack(GROUP, known) end
  call('HSET', key, fingerprint, struct.pack(GROUP, count + 1, first, math.max(last, now)) .. string.sub(group, 9))
  call('HSET', P .. 'r:' .. id, 'f', fingerprint)
end

-- It is a dead letter no more.
local function leave_group(lane, id)
  local fingerprint = call('HGET', P .. 'r:' .. id, 'f')
  if not fingerprint then return end
  call('HDEL', P .. 'r:' .. id, 'f')
  local key = P .. 'errors:' .. lane.kind
  local known = call('HGET', key, fingerprint)
  if not known then return end
  local count, first, last = struct.unpack(GROUP, known)
  if count > 1 then
    call('HSET', key, fingerprint, struct.pack(GROUP, count - 1, first, last) .. string.sub(known, GROUP_LENGTH + 1))
  else
    call('HDEL', key, fingerprint)
  end
end
