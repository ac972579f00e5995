-- reap: started and over its lease -> waiting, failed, cancelled (see moves.lua).
-- args     verdicts (how many)
-- ARGV[2]… the verdicts, a move each
-- Answers  now, then as the finishes of a turn
call('DEL', P .. 't:')
local answers = move_tasks(args.verdicts, now, function(lane, id)
  local deadline = tonumber(call('ZSCORE', lane.started, id) or '')
  return deadline and deadline <= now
end)
apply(now)
return { now, answers }
