-- Wakes as many parked workers with a free slot for the type as there are tasks. One that does not listen any more is
-- passed over. Bounded in how many it looks at; a slow poll stands behind it.
local function wake(queue, task_type, tasks)
  local key = P .. 'parked:' .. queue
  local wanted = ' ' .. task_type .. ' '
  local looked = 0
  while tasks > 0 and looked < MAX_PARKED do
    local some = call('HRANDFIELD', key, 20, 'WITHVALUES')
    local fitting = false
    for i = 1, #some, 2 do
      if tasks > 0 and string.find(some[i + 1], wanted, 1, true) then
        fitting = true
        call('HDEL', key, some[i])
        if call('PUBLISH', args.channels .. 'wake:' .. some[i], '') > 0 then tasks = tasks - 1 end
      end
    end
    looked = looked + #some / 2
    if #some < 40 and not fitting then return end
  end
end
