-- Claims what the worker has room for; a part of turn.lua.
local function claim_tasks()
  local left = claim.tasks
  local sequence = args.sequence
  -- Each pass shares what is left among the queues, then within a queue by priority and among types; a type's free
  -- slots are shared by all queues, so one pass may leave slots that another queue can use; so may expired tasks.
  local gone
  repeat
    gone = 0
    local queues = {}
    for _, queue in ipairs(claim.queues) do
      local cap, priorities, by = 0, {}, {}
      if queue[2] > 0 and not is_spent() then
        local lanes = call('HGETALL', P .. 'lanes:' .. queue[1])
        for i = 1, #lanes, 2 do
          -- `name@version:priority`, and a priority is a digit.
          local slots = claim.types[string.sub(lanes[i], 1, -3)]
          local waits = tonumber(lanes[i + 1])
          if slots and slots[1] > 0 and waits > 0 then
            local priority = string.byte(lanes[i], -1)
            if not by[priority] then
              by[priority] = {}
              priorities[#priorities + 1] = priority
            end
            local lane = lane_named(queue[1] .. ':' .. lanes[i])
            table.insert(by[priority], { lane = lane, slots = slots, waits = waits })
            cap = cap + math.min(waits, slots[1])
          end
        end
      end
      if cap > 0 then
        table.sort(priorities)
        queues[#queues + 1] = { queue = queue, cap = math.min(cap, queue[2]), priorities = priorities, by = by }
      end
    end
    if #queues == 0 then break end
    divide(left, queues, sequence)
    for _, queue in ipairs(queues) do
      local share = queue.share
      for _, priority in ipairs(queue.priorities) do
        if share <= 0 then break end
        local lanes = queue.by[priority]
        table.sort(lanes, function(a, b) return a.lane.key < b.lane.key end)
        -- Again where tasks had expired: what their lanes did not give is due to others of this priority.
        local expired_here
        repeat
          expired_here = 0
          for _, lane in ipairs(lanes) do lane.cap = math.min(lane.waits, lane.slots[1]) end
          divide(share, lanes, sequence)
          for _, lane in ipairs(lanes) do
            if lane.share > 0 then
              local got, expired = take(lane.lane, lane.slots, math.min(lane.share, lane.slots[1]))
              lane.slots[1] = lane.slots[1] - got
              queue.queue[2] = queue.queue[2] - got
              share = share - got
              left = left - got
              expired_here = expired_here + expired
              free(lane.lane.queue, lane.lane.task_type, -got)
              got = got + expired
              gone = gone + got
              lane.waits = lane.waits - got
              if got > 0 and add(lane.lane.lanes, lane.lane.field, -got) <= 0 then
                -- No live entry: what the list still holds is dead.
                call('DEL', lane.lane.key)
              end
            end
          end
        until share <= 0 or expired_here == 0
      end
    end
  until left <= 0 or gone == 0
  if started > 0 then call('ZADD', P .. 'leases', now, args.lease) end
end
