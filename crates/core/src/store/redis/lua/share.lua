-- How a claim is shared among queues and lanes; a part of turn.lua.

-- Shares `total` fairly among `parts` by their `cap`; each gets `share`. `first` turns the order, so that what does
-- not divide goes to another part each time.
local function divide(total, parts, first)
  local open = {}
  for i = 1, #parts do
    local part = parts[(first + i) % #parts + 1]
    part.share = 0
    if part.cap > 0 then open[#open + 1] = part end
  end
  while total > 0 and #open > 0 do
    local each = math.max(1, math.floor(total / #open))
    local still = {}
    for _, part in ipairs(open) do
      local more = math.min(each, part.cap - part.share, total)
      part.share = part.share + more
      total = total - more
      if part.share < part.cap then still[#still + 1] = part end
    end
    open = still
  end
end
