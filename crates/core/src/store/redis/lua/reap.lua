-- reap: started and over its lease -> waiting, failed, cancelled (see moves.lua).
-- args     verdicts (how many), deadlines (of the leases that were decided on, milliseconds)
-- ARGV[2]… the verdicts, a move each
-- Answers  now, then as the finishes of a turn
-- While the end of leases is forgiven (see away.lua) none is over.
local is_forgiven = now < forgiven_until()
local decided = {}
for i = 1, args.verdicts do decided[string.sub(ARGV[i + 1], 1, 16)] = args.deadlines[i] end
local function is_over(lane, id)
  local deadline = tonumber(call('ZSCORE', lane.started, id) or '')
  return not is_forgiven and deadline == decided[id] and deadline <= now
end
local answers = move_tasks(args.verdicts, function(move, id, v) return move_task(move, id, v, now, is_over) end)
apply(now)
wake_freed()
return { now, table.concat(answers) }
