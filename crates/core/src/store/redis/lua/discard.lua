-- discard: a dead letter becomes a failed task like any other. No transition.
-- args     nothing
-- ARGV[2]… ids (16 bytes each)
-- Answers  in order: `D` discarded; `L` and the state of one that is no dead letter; `N` unknown
-- A write that is not refused when memory is full.
call('DEL', P .. 't:')
local answers = {}
for i = 2, #ARGV do
  local id = ARGV[i]
  local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
  local r = read(v)
  if not r then
    answers[i - 1] = 'N'
  else
    local lane = lane_of(v, r)
    if leave_dead(lane, id, r) then
      finish(lane, id, STATUS.F, r.ended)
      answers[i - 1] = 'D'
    else
      answers[i - 1] = 'L' .. r.state
    end
  end
end
apply(now)
sweep_endings()
return answers
