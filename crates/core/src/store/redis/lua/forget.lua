-- forget: ended -> unknown, with all that is known of it.
-- args     nothing
-- ARGV[2]… ids (16 bytes each)
-- Answers  in order: `F` forgotten; `L` and the state of one that has not ended; `N` unknown
-- A write that is not refused when memory is full.
call('DEL', P .. 't:')
local answers = {}
for i = 2, #ARGV do
  local id = ARGV[i]
  local v = call('GETRANGE', P .. 't:' .. id, 0, HEAD_READ)
  local r = read(v)
  if not r then
    answers[i - 1] = 'N'
  elseif r.state == 'W' or r.state == 'L' or r.state == 'R' then
    answers[i - 1] = 'L' .. r.state
  else
    forget_task(id, v, r)
    answers[i - 1] = 'F'
  end
end
apply_forgotten()
return answers
