-- Takes ended tasks out of where they are listed; shared by resubmit.lua and forget.lua.
local left_sets = {}      -- name among the endings -> key

local function leave_ended(lane, id, state)
  local set_name = STATUS[state]
  if state == 'F' and call('ZREM', ended_key(lane, 'dead'), id) == 1 then
    set_name = 'dead'
    count(P .. 'dead', lane.queue, -1)
  else
    call('ZREM', ended_key(lane, set_name), id)
  end
  left_sets[lane.kind .. ':' .. set_name] = ended_key(lane, set_name)
end

-- Forgets sets that are empty now.
local function sweep_endings()
  for name, key in pairs(left_sets) do
    if call('EXISTS', key) == 0 then call('ZREM', P .. 'endings', name) end
  end
end
