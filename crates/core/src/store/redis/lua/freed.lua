-- Places that a call frees and does not take again, by queue and by type. Every step that ends attempts counts them; what
-- becomes of them is in places.lua.
local freed_in, freed_of = {}, {}

local function free(queue, task_type, places)
  freed_in[queue] = (freed_in[queue] or 0) + places
  freed_of[task_type] = (freed_of[task_type] or 0) + places
end

-- Whether a worker waits for one of them.
local function is_freed_for_someone()
  for queue, places in pairs(freed_in) do
    if places > 0 and call('EXISTS', P .. 'full:' .. queue) == 1 then return true end
  end
  for task_type, places in pairs(freed_of) do
    if places > 0 and call('EXISTS', P .. 'full_type:' .. task_type) == 1 then return true end
  end
  return false
end
