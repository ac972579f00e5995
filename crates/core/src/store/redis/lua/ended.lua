-- Takes ended tasks out of where they are listed; shared by resubmit.lua, discard.lua, forget.lua and prune.lua.
local left_sets = {}      -- name among the endings -> key

local function is_dead(lane, id, r)
  return r.state == 'F' and call('ZSCORE', ended_key(lane, 'dead'), id) ~= false
end

local function leave_set(lane, id, set_name)
  local key = ended_key(lane, set_name)
  left_sets[lane.kind .. ':' .. set_name] = key
  return call('ZREM', key, id) == 1
end

-- Answers whether it was a dead letter.
local function leave_dead(lane, id, r)
  if r.state ~= 'F' or not leave_set(lane, id, 'dead') then return false end
  count(P .. 'dead', lane.queue, -1)
  leave_group(lane, id)
  return true
end

local function leave_ended(lane, id, r)
  if not leave_dead(lane, id, r) then leave_set(lane, id, STATUS[r.state]) end
end

-- Forgets sets that are empty now.
local function sweep_endings()
  for name, key in pairs(left_sets) do
    if call('EXISTS', key) == 0 then call('ZREM', P .. 'endings', name) end
  end
  left_sets = {}
end
