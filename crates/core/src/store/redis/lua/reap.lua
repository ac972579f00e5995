-- reap: started and over its lease -> waiting, failed, cancelled (see moves.lua).
-- args     verdicts (how many), deadlines (of the leases that were decided on, milliseconds)
-- ARGV[2]… the verdicts, a move each
-- Answers  now, then as the finishes of a turn
-- While the end of leases is forgiven (see away.lua) none is over.
local is_forgiven = now < forgiven_until()
local decided = {}
for i = 1, args.verdicts do decided[string.sub(ARGV[i + 1], 1, 16)] = args.deadlines[i] end
local answers = move_tasks(args.verdicts, now, function(lane, id)
  local deadline = tonumber(call('ZSCORE', lane.started, id) or '')
  return not is_forgiven and deadline == decided[id] and deadline <= now
end)
apply(now)
wake_freed()
return { now, answers }
